import { expect } from "chai";
import fc from "fast-check";
import { WorkQueue } from "../../kube/work-queue.ts";
import { FakeClock } from "./fake-clock.ts";

describe("a work queue with keys of many", () => {
  it("serves each in turn, whoever came first and with how many", async () => {
    const queue = new WorkQueue({ groupOf: (key) => key.charAt(0) });
    for (const key of ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]) queue.add(key);
    queue.add("d1", { priority: 1 });
    const order = [];
    while (queue.depth > 0) order.push(await queue.take());
    expect(order).to.deep.equal(["d1", "a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
  });
});

describe("a work queue", () => {
  let clock: FakeClock;
  let queue: WorkQueue;

  beforeEach(() => {
    clock = new FakeClock();
    queue = new WorkQueue({ clock, random: () => 0.5 });
  });

  /** All that can be taken now. */
  async function taken(): Promise<string[]> {
    const keys: string[] = [];
    while (queue.depth > 0) keys.push((await queue.take())!);
    return keys;
  }

  it("hands out first what came first, and each key once however often it was added", async () => {
    for (const key of ["a", "b", "a", "c", "a"]) queue.add(key);
    expect(await taken()).to.deep.equal(["a", "b", "c"]);
  });

  it("hands out the highest priority first, and lets a waiting key rise to it but never fall", async () => {
    queue.add("relist", { priority: -100 });
    queue.add("normal");
    queue.add("other", { priority: -100 });
    queue.add("other", { priority: 10 });
    queue.add("other", { priority: -100 });
    expect(await taken()).to.deep.equal(["other", "normal", "relist"]);
  });

  it("keeps back a key that is being worked on, and hands it out again once that is done", async () => {
    queue.add("a");
    await queue.take();
    queue.add("a");
    queue.add("a");
    expect(queue.depth).to.equal(0);
    queue.done("a");
    expect(await taken()).to.deep.equal(["a"]);
    queue.done("a");
    expect(queue.isIdle).to.equal(true);
  });

  it("hands a key to whoever waits for one", async () => {
    const waiting = queue.take();
    queue.add("a");
    expect(await waiting).to.equal("a");
  });

  it("holds a key back for the shortest of its delays", async () => {
    queue.addAfter("a", 5_000);
    queue.addAfter("a", 1_000);
    queue.addAfter("a", 9_000);
    await clock.advance(999);
    expect(queue.depth).to.equal(0);
    await clock.advance(1);
    expect(await taken()).to.deep.equal(["a"]);
    queue.done("a");
    await clock.advance(10_000);
    expect(queue.depth).to.equal(0);
  });

  it("gives up a delay for work that is due now", async () => {
    queue.addAfter("a", 1_000);
    queue.add("a");
    expect(await taken()).to.deep.equal(["a"]);
    queue.done("a");
    await clock.advance(2_000);
    expect(queue.isIdle).to.equal(true);
  });

  it("doubles a key's delay with each failure, up to a limit, and begins again once it is forgotten", () => {
    const delays = Array.from({ length: 30 }, () => queue.retry("a"));
    expect(delays.slice(0, 4)).to.deep.equal([5, 10, 20, 40]);
    expect(delays.at(-1)).to.equal(1_000_000);
    expect(queue.retry("b")).to.equal(5);
    queue.forget("a");
    expect(queue.retry("a")).to.equal(5);
  });

  it("hands out what waits when it is shut down, then ends its takers, and takes nothing more", async () => {
    queue.add("a");
    queue.addAfter("later", 1_000);
    queue.shutDown();
    queue.add("b");
    expect(await queue.take()).to.equal("a");
    expect(await queue.take()).to.equal(undefined);
    expect(clock.pending).to.equal(0);
  });

  it("drops what waits when it is told so", async () => {
    queue.add("a");
    const queued = new WorkQueue({ clock });
    queued.add("a");
    queued.shutDown({ dropWaiting: true });
    expect(await queued.take()).to.equal(undefined);
  });

  it("tells its observer what was added, how long it waited, and how long the work took", async () => {
    const told: string[] = [];
    queue = new WorkQueue({
      clock,
      observer: {
        added: () => told.push("added"),
        taken: (ms) => told.push(`taken ${ms}`),
        finished: (ms) => told.push(`finished ${ms}`),
        retried: () => told.push("retried"),
      },
    });
    queue.add("a");
    queue.add("a");
    await clock.advance(30);
    await queue.take();
    await clock.advance(70);
    queue.retry("a");
    queue.done("a");
    expect(told).to.deep.equal(["added", "taken 30", "retried", "finished 70"]);
  });

  it("never hands out a key twice at once, and never forgets one that was added", async () => {
    const key = fc.constantFrom("a", "b", "c", "d");
    const step = fc.oneof(
      fc.record({ do: fc.constant("add" as const), key, priority: fc.integer({ min: -1, max: 1 }) }),
      fc.record({ do: fc.constant("addAfter" as const), key, ms: fc.nat(50) }),
      fc.record({ do: fc.constant("take" as const) }),
      fc.record({ do: fc.constant("done" as const), key }),
      fc.record({ do: fc.constant("pass" as const), ms: fc.nat(30) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const time = new FakeClock();
        const checked = new WorkQueue({ clock: time });
        const working = new Set<string>();
        const owed = new Set<string>();
        const take = async () => {
          const next = (await checked.take())!;
          expect(working.has(next)).to.equal(false);
          working.add(next);
          owed.delete(next);
        };
        for (const it of steps) {
          if (it.do === "add") checked.add(it.key, { priority: it.priority });
          else if (it.do === "addAfter") checked.addAfter(it.key, it.ms);
          else if (it.do === "pass") await time.advance(it.ms);
          else if (it.do === "take") {
            if (checked.depth > 0) await take();
          } else if (working.delete(it.key)) checked.done(it.key);
          if (it.do === "add" || it.do === "addAfter") owed.add(it.key);
        }
        while (!checked.isIdle) {
          for (const held of working) checked.done(held);
          working.clear();
          await time.advance(50);
          while (checked.depth > 0) await take();
        }
        expect([...owed]).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });
});
