import { expect } from "chai";
import fc from "fast-check";
import type { Refusal } from "../../../operator/view/session-view.ts";
import { WriteLimit, mostOfSession } from "../../../operator/session/write-limit.ts";
import type { Outcome } from "../../../operator/session/write-limit.ts";
import type { Write } from "../../../operator/session/write.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

const apply = (kind: string): Write => ({ do: "apply", object: { kind, metadata: { name: "alice-x" } } });
const create = (kind: string, spec: object = {}): Write => ({
  do: "create",
  object: { kind, metadata: { name: "alice-x" }, spec },
});
const quota: Refusal = { kind: "Pod", why: "Quota", message: "exceeded quota" };

const anyOutcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome[]>("done", "failed", "lost", quota);

describe("the limit of a session's writes", () => {
  let clock: FakeClock;
  let limit: WriteLimit;
  beforeEach(() => {
    clock = new FakeClock();
    limit = new WriteLimit(clock);
  });

  const write = (uid: string, one: Write, outcome: Outcome = "done"): boolean => {
    const { batches } = limit.due(uid, [[one]]);
    if (batches.length > 0) limit.note(uid, one, outcome);
    return batches.length > 0;
  };

  /** Seconds at which it is written, when it is due all the time. */
  const secondsOf = async (seconds: number, one: () => Write, outcome: Outcome = "done") => {
    const at: number[] = [];
    for (let second = 0; second <= seconds; second++) {
      while (write("u", one(), outcome)) at.push(second);
      await clock.advance(1_000);
    }
    return at;
  };

  it("lets what somebody undoes each time be written at once for a while, then ever more seldom", async () => {
    const at = await secondsOf(1_800, () => apply("IngressRoute"));
    expect(at.slice(0, 15)).to.deep.equal([...Array<number>(10).fill(0), 2, 6, 14, 30, 62]);
    const last = at.slice(-5);
    for (const [index, second] of last.slice(1).entries()) expect(second - last[index]!).to.be.within(100, 300);
  });

  it("lets what is refused be tried ever more seldom, though nobody undoes it", async () => {
    expect(await secondsOf(600, () => create("Pod"), quota)).to.deep.equal([0, 5, 15, 35, 75, 155, 275, 395, 515]);
  });

  it("lets what was corrected be tried at once, but not without end", async () => {
    write("u", create("Pod", { image: "a" }), quota);
    expect(write("u", create("Pod", { image: "a" }), quota)).to.equal(false);
    expect(write("u", create("Pod", { image: "b" }), quota)).to.equal(true);
    let tag = 0;
    const at = await secondsOf(59, () => create("Pod", { tag: tag++ }), quota);
    expect(at.length).to.be.at.most(13);
  });

  it("goes on telling why what was refused is not there, between two tries", async () => {
    write("u", create("Pod"), quota);
    const { batches, heldBack, againMs } = limit.due("u", [[create("Pod"), apply("Service")]]);
    expect(batches).to.deep.equal([[apply("Service")]]);
    expect(heldBack).to.deep.equal([quota]);
    expect(againMs).to.equal(5_000);
    await clock.advance(5_000);
    expect(limit.due("u", [[create("Pod")]])).to.deep.equal({
      ...{ batches: [[create("Pod")]], heldBack: [], againMs: undefined },
    });
  });

  it("keeps the pod waiting for the Secret and the home that it needs", () => {
    for (const kind of ["Secret", "PersistentVolumeClaim"]) {
      write(kind, create(kind), quota);
      expect(limit.due(kind, [[create(kind)], [create("Pod")]]).batches).to.deep.equal([]);
    }
  });

  it("keeps what only the pod needs from being made again and again while the pod is refused", () => {
    write("u", create("Pod"), quota);
    const { batches, heldBack } = limit.due("u", [[create("Secret"), apply("Service")], [create("Pod")]]);
    expect(batches).to.deep.equal([[apply("Service")]]);
    expect(heldBack).to.deep.equal([quota]);
  });

  it("lets who had to wait for long begin anew, once it passes", async () => {
    await secondsOf(3_600, () => create("Pod"), quota);
    await clock.advance(120_000);
    for (let times = 0; times < 5; times++) expect(write("u", create("Pod")), `${times}`).to.equal(true);
  });

  it("lets a desktop be ended at once, however often others were", () => {
    const end = (uid: string): Write => ({
      do: "delete",
      key: { apiVersion: "v1", kind: "Pod", metadata: { name: "alice-x" } },
      uid,
    });
    for (let pod = 0; pod < 50; pod++) expect(write("u", end(`p-${pod}`))).to.equal(true);
    let times = 0;
    while (write("u", end("p"))) times++;
    expect(times).to.equal(10);
  });

  it("tells of what it keeps back, with the time to try again, and keeps no other object waiting", () => {
    while (write("u", apply("Service")));
    const { batches, heldBack, againMs } = limit.due("u", [[apply("Service"), apply("IngressRoute")]]);
    expect(batches).to.deep.equal([[apply("IngressRoute")]]);
    expect(againMs).to.equal(2_000);
    expect(heldBack).to.have.length(1);
    expect(heldBack[0]).to.include({ kind: "Service", why: "Contested" });
    expect(heldBack[0]?.message).to.contain("alice-x is changed back each time");
    expect(limit.due("another", [[apply("Service")]]).heldBack).to.deep.equal([]);
  });

  it("blames nobody for what only fails", () => {
    while (write("u", create("Pod"), "failed"));
    expect(limit.due("u", [[create("Pod")]])).to.deep.equal({ batches: [], heldBack: [], againMs: 2_000 });
  });

  it("says when to come back for all that it holds back or that was refused, however long the other writes take", async () => {
    const anyWrite = fc.constantFrom<(() => Write)[]>(
      () => create("Pod"),
      () => create("Secret"),
      () => apply("Service"),
    );
    const anyTry = fc.record({
      ...{ writes: fc.uniqueArray(anyWrite, { minLength: 1 }), outcome: anyOutcome },
      ...{ takesMs: fc.nat(150_000), pauseMs: fc.nat(20_000) },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTry, { minLength: 1, maxLength: 40 }), async (tries) => {
        clock = new FakeClock();
        limit = new WriteLimit(clock, 7);
        for (const { writes, outcome, takesMs, pauseMs } of tries) {
          const planned = [writes.map((make) => make())];
          const due = limit.due("u", planned);
          const written = due.batches.flat();
          for (const one of written) limit.note("u", one, outcome);
          await clock.advance(takesMs);
          const retryMs = limit.retryMs("u", due.batches);
          if (written.length < planned.flat().length) expect(due.againMs, "held back").to.be.above(0);
          if (written.length > 0 && outcome === quota) expect(retryMs, "refused").to.be.above(0);
          await clock.advance(pauseMs);
        }
      }),
    );
  });

  it("forgets what has stayed for a while, and a session that is gone", async () => {
    const atOnce = () => {
      let times = 0;
      while (write("u", apply("Service"))) times++;
      return times;
    };
    expect(atOnce()).to.equal(10);
    await clock.advance(2_000);
    expect(atOnce()).to.equal(1);
    await clock.advance(30 * 60_000);
    expect(atOnce()).to.equal(10);
    limit.forget("u");
    expect(atOnce()).to.equal(10);
  });

  it("lets no more than fifteen tries of one write through in a minute, whatever becomes of them", async () => {
    const anyTry = fc.record({ pauseMs: fc.nat(20_000), outcome: anyOutcome, content: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTry, { minLength: 1, maxLength: 100 }), async (tries) => {
        clock = new FakeClock();
        limit = new WriteLimit(clock);
        const at: number[] = [];
        for (const { pauseMs, outcome, content } of tries) {
          if (write("u", create("Pod", { content }), outcome)) at.push(clock.now());
          await clock.advance(pauseMs);
        }
        for (const begin of at) expect(at.filter((it) => it >= begin && it < begin + 60_000).length).to.be.at.most(15);
      }),
    );
  });

  it("lets a session have so many writes in a minute, of whatever objects", async () => {
    const anyTry = fc.record({ pauseMs: fc.nat(500), outcome: anyOutcome, name: fc.nat(1_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTry, { minLength: 500, maxLength: 500 }), async (tries) => {
        clock = new FakeClock();
        limit = new WriteLimit(clock);
        const at: number[] = [];
        for (const { pauseMs, outcome, name } of tries) {
          if (write("u", apply(`Kind${name}`), outcome)) at.push(clock.now());
          await clock.advance(pauseMs);
        }
        for (const begin of at)
          expect(at.filter((it) => it >= begin && it < begin + 60_000).length).to.be.at.most(mostOfSession);
      }),
      { numRuns: 10 },
    );
  });
});
