import { expect } from "chai";
import fc from "fast-check";
import { newEvent } from "../../kube/event.ts";
import { cutAt } from "../../kube/untrusted-text.ts";

const text = { type: "Normal", reason: "Started", action: "Start", note: "the desktop runs" } as const;
const source = { controller: "vdi.kasm.io/session-controller", instance: "operator-0" };
const date = new Date("2026-01-01T00:00:00Z");

describe("an event", () => {
  it("says what happened to whom, and who says so", () => {
    const about = {
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDISession",
      metadata: { name: "alice", namespace: "kasm-vdi", uid: "u", resourceVersion: "7" },
    };
    expect(newEvent(about, text, source, date, "0123456789abcdef")).to.deep.equal({
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: "alice.0123456789abcdef", namespace: "kasm-vdi" },
      eventTime: "2026-01-01T00:00:00.000000Z",
      ...text,
      regarding: {
        ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", name: "alice", namespace: "kasm-vdi" },
        ...{ uid: "u", resourceVersion: "7" },
      },
      reportingController: "vdi.kasm.io/session-controller",
      reportingInstance: "operator-0",
    });
  });

  it("has a valid name, in default, for any object of the cluster", () => {
    for (const name of ["system:node:A", "x".repeat(253), ":", "-a."]) {
      const { metadata } = newEvent(
        { kind: "ClusterRole", metadata: { name } },
        text,
        source,
        date,
        "0123456789abcdef",
      );
      expect(metadata?.namespace).to.equal("default");
      expect(metadata?.name?.length).to.be.lessThan(254);
      expect(metadata?.name).to.match(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
    }
  });
});

describe("a text that is cut", () => {
  it("has at most so many bytes, and is a beginning of the whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), fc.integer({ min: 3, max: 60 }), (whole, bytes) => {
        const cut = cutAt(whole, bytes);
        expect(Buffer.byteLength(cut)).to.be.at.most(bytes);
        if (cut !== whole) expect(whole.startsWith(cut.slice(0, -3))).to.equal(true);
      }),
    );
  });
});
