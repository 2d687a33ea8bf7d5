import { expect } from "chai";
import { knows, secretCredentials } from "../../../operator/access/credentials.ts";
import { wakeSession } from "../../../operator/access/wake.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { aSession } from "./a-session.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("credentials of a desktop", () => {
  const read = (secret: AnyObject | undefined) =>
    secretCredentials(
      { get: ({ metadata }) => Promise.resolve(metadata.name === "pod" ? secret : undefined) },
      "vdi",
    )("pod");

  it("are read from the Secret of that name, with the time that it was made", async () => {
    const metadata = { creationTimestamp: "2026-01-01T00:00:00Z" };
    const data = { user: base64("desktop"), password: base64("pässword"), "rtc.json": base64("{}") };
    expect(await read({ metadata, data })).to.deep.equal({
      ...{ user: "desktop", password: "pässword" },
      createdMs: Date.UTC(2026, 0, 1),
    });
  });

  it("are none while the Secret or a part of it is missing", async () => {
    expect(await read(undefined)).to.equal(undefined);
    expect(await read({})).to.equal(undefined);
    expect(await read({ data: { user: base64("desktop") } })).to.equal(undefined);
  });

  it("are known only by who knows both parts", () => {
    const right = { user: "a", password: "b:c", createdMs: 0 };
    expect(knows({ user: "a", password: "b:c" }, right)).to.equal(true);
    for (const [user, password] of [
      ["a:b", "c"],
      ["a", "b:c "],
      ["A", "b:c"],
      ["", ""],
    ] as const)
      expect(knows({ user, password }, right)).to.equal(false);
  });
});

describe("waking a session", () => {
  it("is one patch, of this very session", async () => {
    const patches: unknown[] = [];
    await wakeSession({ mergePatch: (...patch) => (patches.push(patch), Promise.resolve({})) })(aSession());
    const metadata = { name: "alice", namespace: "kasm-vdi", uid: "uid-of-alice" };
    const patch = {
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDISession",
      metadata,
      spec: { desiredState: "Running" },
    };
    expect(patches).to.deep.equal([[patch, "kasm-operator"]]);
  });
});
