import { ApiException } from "@kubernetes/client-node";
import { expect } from "chai";
import fc from "fast-check";
import { runAsLeader } from "../../kube/leader-election.ts";
import type { Leadership } from "../../kube/leader-election.ts";
import type { AnyObject } from "../../kube/object.ts";
import { FakeClock, settled } from "./fake-clock.ts";

/** One Lease with the API server's optimistic concurrency. */
class FakeLeases {
  lease: AnyObject | undefined;
  writes = 0;
  #version = 0;

  client(reaches: () => boolean, clock: FakeClock, delayMs = 0) {
    const call = async (work: () => AnyObject | undefined): Promise<AnyObject> => {
      if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      if (!reaches()) throw new TypeError("fetch failed");
      return structuredClone(work()) as AnyObject;
    };
    return {
      get: () => call(() => this.lease),
      create: (object: AnyObject) =>
        call(() => {
          if (this.lease) throw new ApiException(409, "", '{"reason":"AlreadyExists"}', {});
          return this.#write(object);
        }),
      mergePatch: (object: AnyObject) =>
        call(() => {
          if (object.metadata?.resourceVersion !== this.lease?.metadata?.resourceVersion)
            throw new ApiException(409, "", '{"reason":"Conflict"}', {});
          return this.#write(object);
        }),
    };
  }

  #write(object: AnyObject): AnyObject {
    this.writes++;
    this.lease = { ...object, metadata: { ...object.metadata, uid: "u", resourceVersion: String(++this.#version) } };
    return this.lease;
  }
}

describe("leader election", () => {
  let leases: FakeLeases;
  beforeEach(() => (leases = new FakeLeases()));

  function candidate(identity: string, clock: FakeClock, delayMs = 0) {
    const state = { reaches: true, leadership: undefined as Leadership | undefined, outcome: "" };
    const [stop, finish] = [new AbortController(), new AbortController()];
    const client = leases.client(() => state.reaches, clock, delayMs);
    const work = async (leadership: Leadership) => {
      state.leadership = leadership;
      const end = AbortSignal.any([leadership.signal, finish.signal]);
      await new Promise<void>((resolve) => end.addEventListener("abort", () => resolve()));
      state.leadership = undefined;
    };
    const options = { client, clock, identity, namespace: "kasm-vdi-system", name: "operator" };
    void runAsLeader(options, work, stop.signal).then((outcome) => (state.outcome = outcome));
    return Object.assign(state, { stop, finish, clock, isLeading: () => state.leadership?.isHeld() ?? false });
  }

  /** Time passes for all machines alike, in small steps. */
  async function pass(ms: number, ...clocks: FakeClock[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) for (const clock of clocks) await clock.advance(250);
  }

  it("makes the first one leader, renews every 2 s, and lets the second wait", async () => {
    const [one, two] = [new FakeClock(), new FakeClock()];
    const first = candidate("one", one);
    await settled();
    const second = candidate("two", two);
    await pass(60_000, one, two);
    expect([first.isLeading(), second.isLeading()]).to.deep.equal([true, false]);
    expect(leases.writes).to.be.within(28, 32);
    first.stop.abort();
    second.stop.abort();
  });

  it("gives the lease back at the end, so that the next one needs not wait for its expiry", async () => {
    const [one, two] = [new FakeClock(), new FakeClock()];
    const first = candidate("one", one);
    await settled();
    const second = candidate("two", two);
    await pass(5_000, one, two);
    const before = first.leadership!;
    first.stop.abort();
    await pass(3_000, one, two);
    expect(before.isHeld()).to.equal(false);
    expect(first.outcome).to.equal("ended");
    expect(second.isLeading()).to.equal(true);
    second.stop.abort();
  });

  it("takes over from one that fell silent after the lease's time, whatever the wall clocks say", async () => {
    const [one, two] = [new FakeClock(-3_600_000), new FakeClock(3_600_000)];
    const first = candidate("one", one);
    await settled();
    const second = candidate("two", two);
    await pass(5_000, one, two);
    first.reaches = false;
    await pass(10_000, one, two);
    expect(second.isLeading()).to.equal(false);
    await pass(8_000, one, two);
    expect(second.isLeading()).to.equal(true);
    second.stop.abort();
  });

  it("ends a leader that could not renew in time, before others may lead", async () => {
    const clock = new FakeClock();
    const first = candidate("one", clock);
    await pass(5_000, clock);
    const { signal } = first.leadership!;
    first.reaches = false;
    await pass(8_000, clock);
    expect(signal.aborted).to.equal(false);
    await pass(3_000, clock);
    expect(signal.aborted).to.equal(true);
    expect(first.outcome).to.equal("lost");
  });

  it("survives an API server that is away for less than the deadline", async () => {
    const clock = new FakeClock();
    const first = candidate("one", clock);
    await pass(5_000, clock);
    first.reaches = false;
    await pass(6_000, clock);
    first.reaches = true;
    await pass(20_000, clock);
    expect(first.isLeading()).to.equal(true);
    first.stop.abort();
  });

  it("does not believe to lead after it was frozen, before any timer fired", async () => {
    const clock = new FakeClock();
    const first = candidate("one", clock);
    await pass(5_000, clock);
    clock.freeze(20_000);
    expect(first.isLeading()).to.equal(false);
    await pass(500, clock);
    expect(first.outcome).to.equal("lost");
  });

  it("ends a leader whose lease somebody else has written", async () => {
    const clock = new FakeClock();
    const first = candidate("one", clock);
    await pass(5_000, clock);
    const { metadata, spec } = leases.lease!;
    leases.lease = {
      ...leases.lease,
      metadata: { ...metadata, resourceVersion: "99" },
      spec: { ...(spec as object), holderIdentity: "two" },
    };
    await pass(2_500, clock);
    expect(first.outcome).to.equal("lost");
  });

  it("goes on renewing while the leader ends its work", async () => {
    const [one, two] = [new FakeClock(), new FakeClock()];
    let finish: () => void = () => undefined;
    const stop = new AbortController();
    const options = { client: leases.client(() => true, one), clock: one, namespace: "ns", name: "operator" };
    const first = runAsLeader(
      { ...options, identity: "one" },
      () => new Promise<void>((resolve) => (finish = resolve)),
      stop.signal,
    );
    await settled();
    const second = candidate("two", two);
    stop.abort();
    await pass(40_000, one, two);
    expect(second.isLeading()).to.equal(false);
    finish();
    await pass(4_000, one, two);
    expect(await first).to.equal("ended");
    expect(second.isLeading()).to.equal(true);
    second.stop.abort();
  });

  it("never has two leaders, whatever the network, the clocks and the scheduler do", async () => {
    const event = fc.record({
      who: fc.nat(1),
      what: fc.constantFrom("cut", "mend", "freeze", "none"),
      ms: fc.integer({ min: 250, max: 25_000 }),
    });
    const setting = fc.record({
      events: fc.array(event, { minLength: 3, maxLength: 8 }),
      delayMs: fc.constantFrom(0, 300, 2_600),
    });
    await fc.assert(
      fc.asyncProperty(setting, async ({ events, delayMs }) => {
        leases = new FakeLeases();
        const clocks = [new FakeClock(), new FakeClock(86_400_000)];
        let runs = clocks.map((clock, index) => candidate(`run 0 of ${index}`, clock, delayMs));
        const check = () => expect(runs.filter((run) => run.isLeading()).length).to.be.lessThan(2);
        for (const [round, { who, what, ms }] of events.entries()) {
          if (what === "cut" || what === "mend") runs[who]!.reaches = what === "mend";
          for (let passed = 0; passed < ms; passed += 500) {
            for (const [index, clock] of clocks.entries()) {
              if (what === "freeze" && index === who) clock.freeze(500);
              else await clock.advance(500);
              check();
            }
          }
          // As a Pod that ends when it lost the lease, and is started anew
          runs = runs.map((run, index) =>
            run.outcome === "" ? run : candidate(`run ${round + 1} of ${index}`, clocks[index]!, delayMs),
          );
        }
        for (const { stop, finish } of runs) [stop, finish].forEach((it) => it.abort());
      }),
      { numRuns: 40 },
    );
  });
});
