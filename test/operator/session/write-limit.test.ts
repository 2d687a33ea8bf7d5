import { expect } from "chai";
import fc from "fast-check";
import { WriteLimit } from "../../../operator/session/write-limit.ts";
import type { Write } from "../../../operator/session/write.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

const apply = (kind: string): Write => ({ do: "apply", object: { kind, metadata: { name: "alice-x" } } });

describe("the limit of a session's writes", () => {
  let clock: FakeClock;
  let limit: WriteLimit;
  beforeEach(() => {
    clock = new FakeClock();
    limit = new WriteLimit(clock);
  });

  const write = (uid: string, one: Write): boolean => {
    const { batches } = limit.due(uid, [[one]]);
    if (batches.length > 0) limit.note(uid, one);
    return batches.length > 0;
  };

  it("lets what somebody undoes each time be written at once for a while, then ever more seldom", async () => {
    const at: number[] = [];
    for (let second = 0; second <= 300; second++) {
      while (write("u", apply("IngressRoute"))) at.push(second);
      await clock.advance(1_000);
    }
    expect(at).to.deep.equal([...Array<number>(10).fill(0), 2, 6, 14, 30, 62, 126, 254]);
  });

  it("tells of what it keeps back, with the time to try again, and keeps no other object waiting", () => {
    while (write("u", apply("Service")));
    const { batches, againMs, contested } = limit.due("u", [[apply("Service"), apply("IngressRoute")]]);
    expect(batches).to.deep.equal([[apply("IngressRoute")]]);
    expect(againMs).to.equal(2_000);
    expect(contested).to.have.length(1);
    expect(contested[0]).to.include({ kind: "Service", why: "Contested" });
    expect(contested[0]?.message).to.contain("alice-x is changed back each time");
    expect(limit.due("another", [[apply("Service")]]).contested).to.deep.equal([]);
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
    await clock.advance(10 * 60_000);
    expect(atOnce()).to.equal(10);
    limit.forget("u");
    expect(atOnce()).to.equal(10);
  });

  it("lets no more than fifteen writes of one object through in a minute, whenever others change it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20_000), { minLength: 1, maxLength: 100 }), async (pauses) => {
        clock = new FakeClock();
        limit = new WriteLimit(clock);
        const at: number[] = [];
        for (const pauseMs of pauses) {
          if (write("u", apply("Service"))) at.push(clock.now());
          await clock.advance(pauseMs);
        }
        for (const begin of at) expect(at.filter((it) => it >= begin && it < begin + 60_000).length).to.be.at.most(15);
      }),
    );
  });
});
