import { expect } from "chai";
import { WorkQueue } from "../../kube/work-queue.ts";
import { TerminalError, runWorkers } from "../../kube/worker-pool.ts";
import type { WorkResult } from "../../kube/worker-pool.ts";
import { FakeClock, settled } from "./fake-clock.ts";

describe("a worker pool", () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  let stop: AbortController;
  let logged: string[];
  let outcomes: string[];

  beforeEach(() => {
    [clock, stop] = [new FakeClock(), new AbortController()];
    queue = new WorkQueue({ clock, random: () => 0.5 });
    [logged, outcomes] = [[], []];
  });
  afterEach(() => stop.abort());

  const run = (work: (key: string, signal: AbortSignal) => Promise<WorkResult | undefined>, concurrency = 2) =>
    runWorkers(
      {
        ...{ queue, concurrency, work, clock },
        log: (message, key) => logged.push(`${key}: ${message}`),
        observer: { ended: (outcome) => outcomes.push(outcome) },
      },
      stop.signal,
    );

  it("works on as many keys at once as it may, and never twice on one", async () => {
    const inWork: string[] = [];
    let most = 0;
    void run(async (key) => {
      expect(inWork).to.not.include(key);
      inWork.push(key);
      most = Math.max(most, inWork.length);
      queue.add(key === "a" ? "a" : "b");
      await new Promise<void>((resolve) => clock.after(10, resolve));
      inWork.splice(inWork.indexOf(key), 1);
      return undefined;
    }, 3);
    for (const key of ["a", "b", "c", "d", "e"]) queue.add(key);
    await clock.advance(500);
    expect(most).to.equal(3);
    expect(logged).to.deep.equal([]);
  });

  it("lets all else have its turn between two keys, also of work that waits for nothing", async () => {
    let turns = 0;
    let isOver = false;
    const beside = () => {
      turns++;
      if (!isOver) setImmediate(beside);
    };
    setImmediate(beside);
    const keys = Array.from({ length: 50 }, (_, at) => `k${at}`);
    const seen: number[] = [];
    const done = run(() => (seen.push(turns), Promise.resolve(undefined)), 1);
    for (const key of keys) queue.add(key);
    while (seen.length < keys.length) await new Promise((resolve) => setTimeout(resolve, 1));
    isOver = true;
    stop.abort();
    await done;
    expect(new Set(seen).size).to.be.at.least(keys.length - 1);
  });

  it("logs a failure, and does the work again after a growing delay until it succeeds", async () => {
    let tries = 0;
    void run(async () => {
      await Promise.resolve();
      if (++tries < 3) throw new Error("not yet");
      return undefined;
    });
    queue.add("a");
    await clock.advance(100);
    expect(logged).to.deep.equal(["a: not yet; trying again in 5 ms", "a: not yet; trying again in 10 ms"]);
    expect(outcomes).to.deep.equal(["error", "error", "success"]);
    expect(queue.failures("a")).to.equal(0);
  });

  it("survives work that throws before it is a promise, and what is no Error at all", async () => {
    let tries = 0;
    void run(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (++tries === 1) throw "a string";
      return Promise.resolve(undefined);
    });
    queue.add("a");
    await clock.advance(100);
    expect(outcomes).to.deep.equal(["error", "success"]);
  });

  it("does not repeat what would fail again", async () => {
    void run(() => Promise.reject(new TerminalError("the template is invalid")));
    queue.add("a");
    await clock.advance(10_000_000);
    expect(logged).to.deep.equal(["a: the template is invalid"]);
  });

  it("works on a key again after the time that the work asked for", async () => {
    let tries = 0;
    void run(() => Promise.resolve(++tries === 1 ? { requeueAfterMs: 60_000 } : undefined));
    queue.add("a");
    await clock.advance(59_000);
    expect(tries).to.equal(1);
    await clock.advance(1_000);
    expect(outcomes).to.deep.equal(["requeue_after", "success"]);
  });

  it("ends what it has begun when it is stopped, begins nothing more, and takes its time no longer than it may", async () => {
    const begun: string[] = [];
    let wasHurried = false;
    const ended = run(async (key, signal) => {
      begun.push(key);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      wasHurried = true;
      return undefined;
    }, 1);
    queue.add("a");
    queue.add("b");
    await settled();
    stop.abort();
    await clock.advance(29_000);
    expect(wasHurried).to.equal(false);
    await clock.advance(1_000);
    await ended;
    expect(begun).to.deep.equal(["a"]);
    expect(clock.pending).to.equal(0);
  });
});
