import { expect } from "chai";
import { knows, rememberedCredentials, secretCredentials } from "../../../operator/credentials/stream-credentials.ts";
import { wakeSession } from "../../../operator/access/wake.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { aSession } from "../access/a-session.ts";

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

describe("credentials while they cannot be read", () => {
  const credentials = { user: "desktop", password: "p", createdMs: 0 };
  let answer: () => Promise<typeof credentials | undefined>;
  const failing = () => Promise.reject(new Error("connection refused"));
  const outcome = (read: Promise<unknown>) => read.then((it) => it ?? "none", String);

  it("are those that were last read, for a while, and none of a desktop that nobody asked for before", async () => {
    const clock = new FakeClock();
    const read = rememberedCredentials(() => answer(), clock, 60_000);
    answer = () => Promise.resolve(credentials);
    await read("a");
    answer = failing;
    expect(await outcome(read("a"))).to.equal(credentials);
    expect(await outcome(read("b"))).to.equal("Error: connection refused");
    await clock.advance(60_001);
    expect(await outcome(read("a"))).to.equal("Error: connection refused");
  });

  it("keep nobody waiting for an API server that is slow, where they are known", async () => {
    const clock = new FakeClock();
    const read = rememberedCredentials(() => answer(), clock, 60_000);
    answer = () => Promise.resolve(credentials);
    await read("a");
    answer = () => new Promise(() => undefined);
    const asked = read("a");
    await clock.advance(1_000);
    expect(await asked).to.equal(credentials);
  });

  it("are forgotten with their Secret, and when there are too many", async () => {
    const read = rememberedCredentials(() => answer(), new FakeClock(), 60_000, 2);
    answer = () => Promise.resolve(credentials);
    for (const name of ["a", "b", "c"]) await read(name);
    answer = () => Promise.resolve(undefined);
    await read("b");
    answer = failing;
    const kept = await Promise.all(["a", "b", "c"].map((name) => outcome(read(name))));
    expect(kept).to.deep.equal(["Error: connection refused", "Error: connection refused", credentials]);
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
    expect(patches).to.deep.equal([[patch, "kasm-gateway"]]);
  });
});
