import { ApiException } from "@kubernetes/client-node";
import { expect } from "chai";
import { EventRecorder } from "../../kube/event-recorder.ts";
import type { AnyObject } from "../../kube/object.ts";
import { FakeClock } from "./fake-clock.ts";

describe("an event recorder", () => {
  let clock: FakeClock;
  let written: AnyObject[];
  let failures: Error[];
  let logged: string[];
  let recorder: EventRecorder;

  const about = { apiVersion: "v1", kind: "Pod", metadata: { name: "x", namespace: "ns", uid: "u" } };
  const text = { type: "Warning", reason: "Failed", action: "Start", note: "no GPU" } as const;
  const write = async (object: AnyObject): Promise<AnyObject> => {
    await Promise.resolve();
    const failure = failures.shift();
    if (failure) throw failure;
    written.push(object);
    return object;
  };

  beforeEach(() => {
    clock = new FakeClock();
    [written, failures, logged] = [[], [], []];
    recorder = new EventRecorder({
      ...{ client: { create: write, mergePatch: write }, clock, log: (line: string) => logged.push(line) },
      source: { controller: "vdi.kasm.io/session-controller", instance: "operator-0" },
    });
  });

  it("writes an event once, and what repeats as the count of its series", async () => {
    for (let times = 0; times < 5; times++) recorder.record(about, text);
    await recorder.close();
    expect(written.map((it) => (it["series"] as { count: number } | undefined)?.count)).to.deep.equal([
      undefined,
      2,
      5,
    ]);
    expect(new Set(written.map(({ metadata }) => metadata?.name)).size).to.equal(1);
  });

  it("tries again while the API server is away", async () => {
    failures = [new TypeError("fetch failed"), new ApiException(500, "", "{}", {})];
    recorder.record(about, text);
    await clock.advance(10_000);
    expect(written).to.have.length(1);
    expect(logged).to.deep.equal([]);
  });

  it("gives up what cannot be written, says so, and writes the next", async () => {
    const body =
      '{"message":"namespace ns is being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]}}';
    failures = [new ApiException(403, "", body, {})];
    recorder.record(about, text);
    recorder.record(about, { ...text, note: "another" });
    await recorder.close();
    expect(written.map((it) => it["note"])).to.deep.equal(["another"]);
    expect(logged.join()).to.include("namespace ns is being terminated");
  });

  it("drops events rather than memory when nothing can be written, and never throws", () => {
    failures = Array.from({ length: 5_000 }, () => new TypeError("fetch failed"));
    for (let index = 0; index < 3_000; index++)
      recorder.record({ ...about, metadata: { ...about.metadata, uid: String(index) } }, text);
    expect(logged.length).to.be.within(1_990, 2_000);
  });
});
