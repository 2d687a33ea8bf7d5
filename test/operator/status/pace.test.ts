import { expect } from "chai";
import fc from "fast-check";
import { done, restMs } from "../../../operator/status/pace.ts";
import type { Load, Pace } from "../../../operator/status/pace.ts";

describe("the pace of what others may undo each time", () => {
  const anyPace: fc.Arbitrary<Pace> = fc.record({
    atOnce: fc.integer({ min: 1, max: 30 }),
    restMs: fc.integer({ min: 1_000, max: 600_000 }),
  });

  it("is bounded in any span of time, whatever the occasions", () => {
    fc.assert(
      fc.property(anyPace, fc.array(fc.nat(5_000), { maxLength: 300 }), (pace, pauses) => {
        let [load, nowMs]: [Load | undefined, number] = [undefined, 0];
        const at: number[] = [];
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          if (restMs(pace, load, nowMs) > 0) continue;
          load = done(pace, load, nowMs);
          at.push(nowMs);
        }
        // What is forgotten in the span comes on top.
        for (const begin of at) {
          const count = at.filter((it) => it >= begin && it < begin + 60_000).length;
          expect(count).to.be.at.most(pace.atOnce + 5 + Math.ceil(60_000 / pace.restMs));
        }
      }),
    );
  });

  it("never keeps waiting for more than five minutes, nor what comes no faster than it is forgotten", () => {
    fc.assert(
      fc.property(anyPace, fc.nat(100), (pace, times) => {
        let load: Load | undefined;
        for (let time = 0; time < times; time++) load = done(pace, load, 0);
        expect(restMs(pace, load, 0)).to.be.at.most(300_000);
        let [slow, nowMs]: [Load | undefined, number] = [undefined, 0];
        for (let time = 0; time < times; time++, nowMs += pace.restMs) slow = done(pace, slow, nowMs);
        if (pace.atOnce > 1) expect(restMs(pace, slow, nowMs)).to.equal(0);
      }),
    );
  });
});
