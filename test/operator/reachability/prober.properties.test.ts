import { expect } from "chai";
import fc from "fast-check";
import { Prober } from "../../../operator/reachability/prober.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

/** Time goes on between any two looks at it, and the API server's clock is set now and then. */
class LivingClock extends FakeClock {
  ticks = 0;
  offMs = 0;

  override now(): number {
    // A prober that spins would never let the test end.
    if (++this.ticks > 200_000) throw new Error("the clock was looked at again and again");
    return super.now() + this.ticks * 1e-6;
  }

  override date(): Date {
    return new Date(super.date().getTime() + this.offMs);
  }
}

const key = fc.constantFrom("a", "b", "c");
const step = fc.oneof(
  fc.record({
    do: fc.constant("set" as const),
    key,
    uid: fc.constantFrom("1", "2"),
    decideInMs: fc.option(fc.integer({ min: -60_000, max: 120_000 }), { nil: undefined }),
    tells: fc.boolean(),
  }),
  fc.record({ do: fc.constant("forget" as const), key }),
  fc.record({ do: fc.constant("jump" as const), ms: fc.integer({ min: -3_600_000, max: 3_600_000 }) }),
  fc.record({
    do: fc.constant("answer" as const),
    ok: fc.boolean(),
    connected: fc.constantFrom(true, false, undefined),
    isFirst: fc.boolean(),
  }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(60_000) }),
);

describe("whatever happens to sessions, answers and clocks, the prober", () => {
  it("looks at each no more than once a second, never spins, and keeps one timer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const clock = new LivingClock();
        let answer: { ok: boolean; connected: boolean | undefined; isFirst: boolean } = {
          ...{ ok: true, connected: false, isFirst: false },
        };
        let looks = 0;
        const seen = (kind: object) => (looks++, Promise.resolve({ message: "So.", ...kind }));
        const prober = new Prober({
          clock,
          probes: {
            stream: () => seen({ ok: answer.ok }) as Promise<{ ok: boolean; message: string }>,
            route: () => expect.fail("no route"),
            activity: () => {
              const sample = { atMs: clock.date().getTime(), values: [1] };
              const { connected, isFirst } = answer;
              return seen(isFirst ? { sample, isFirst } : { connected }) as Promise<{
                connected: boolean | undefined;
                message: string;
              }>;
            },
          },
          credentials: () => Promise.resolve({ user: "u", password: "p" }),
          onChange: () => undefined,
          log: (message) => expect.fail(message),
        });
        let sets = 0;
        let jumps = 0;
        for (const it of steps) {
          if (it.do === "set") {
            sets++;
            const decideAtMs = it.decideInMs === undefined ? undefined : clock.date().getTime() + it.decideInMs;
            prober.set(it.key, {
              uid: it.uid,
              stream: { ip: "10.42.0.1", port: 8080, scheme: "http", path: "/" },
              ...(it.tells && { activity: { path: "/", parse: () => expect.fail("not parsed here") } }),
              ...(decideAtMs !== undefined && { decideAtMs }),
            });
          } else if (it.do === "forget") prober.forget(it.key);
          else if (it.do === "jump") {
            jumps++;
            clock.offMs += it.ms;
          } else if (it.do === "answer") answer = it;
          else await clock.advance(it.ms);
          expect(clock.pending).to.be.at.most(1);
        }
        const seconds = clock.now() / 1000;
        expect(looks).to.be.at.most(3 * (1.2 * seconds + 1) + 3 * sets + 3 * jumps);
        expect(clock.ticks).to.be.at.most(2_000 + 60 * looks + 40 * steps.length);
        await prober.stop();
      }),
      { numRuns: 30 },
    );
  });
});
