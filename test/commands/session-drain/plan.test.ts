import { expect } from "chai";
import { planDrain, sessionFinalizer } from "../../../commands/session-drain/plan.ts";
import type { ObjectMeta } from "../../../kube/client.ts";

const session = (name: string, metadata: ObjectMeta = {}) => ({
  apiVersion: "vdi.kasm.io/v1alpha1",
  kind: "VDISession",
  metadata: { name, namespace: "kasm-vdi", finalizers: [sessionFinalizer], ...metadata },
});
const going = { deletionTimestamp: "2026-01-01T00:00:00Z" };

describe("draining sessions", () => {
  it("is done when none is left", () => {
    expect(planDrain([], false)).to.deep.equal({ remove: [], release: [] });
  });

  it("deletes each session once and leaves cleaning up to the operator while that has time", () => {
    const { remove, release } = planDrain([session("a"), session("b", going)], false);
    expect(remove.map(({ metadata }) => metadata.name)).to.deep.equal(["a"]);
    expect(release).to.deep.equal([]);
  });

  it("takes off the operator's finalizer when that does not clean up, and no other", () => {
    const { release } = planDrain(
      [session("a", { ...going, finalizers: ["backup.example.com", sessionFinalizer] })],
      true,
    );
    expect(release.map(({ metadata }) => metadata)).to.deep.equal([
      { name: "a", namespace: "kasm-vdi", finalizers: ["backup.example.com"] },
    ]);
  });

  it("names what is left and what holds it", () => {
    expect(planDrain([session("a", going)], false).left).to.equal(
      "1 session is not gone yet (kasm-vdi/a), held by vdi.kasm.io/session-cleanup",
    );
    const many = Array.from({ length: 7 }, (_, index) => session(`s${index}`, { finalizers: [] }));
    expect(planDrain(many, false).left).to.equal(
      "7 sessions are not gone yet (kasm-vdi/s0, kasm-vdi/s1, kasm-vdi/s2, kasm-vdi/s3, kasm-vdi/s4 and 2 more)",
    );
  });
});
