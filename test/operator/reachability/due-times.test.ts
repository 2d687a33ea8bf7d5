import { expect } from "chai";
import fc from "fast-check";
import { DueTimes } from "../../../operator/reachability/due-times.ts";

describe("due times", () => {
  it("hand out every key once, at its last time and the earliest first, whatever was put and removed before", () => {
    const step = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e"),
      dueMs: fc.option(fc.nat(20), { nil: undefined, freq: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const times = new DueTimes();
        const expected = new Map<string, number>();
        for (const { key, dueMs } of steps) {
          if (dueMs === undefined) {
            times.remove(key);
            expected.delete(key);
          } else {
            times.put(key, dueMs);
            expected.set(key, dueMs);
          }
          expect(times.nextMs).to.equal(expected.size === 0 ? undefined : Math.min(...expected.values()));
        }
        const taken: [string, number][] = [];
        for (let nowMs = 0; nowMs <= 20; nowMs++)
          for (let key = times.take(nowMs); key !== undefined; key = times.take(nowMs)) taken.push([key, nowMs]);
        expect(new Map(taken)).to.deep.equal(expected);
        expect(taken).to.have.length(expected.size);
      }),
    );
  });

  it("hold no more than a few times their keys, however often these are put", () => {
    const times = new DueTimes();
    for (let dueMs = 100_000; dueMs > 0; dueMs--) times.put("a", dueMs);
    expect(times.size).to.equal(1);
    expect(times.take(1)).to.equal("a");
    expect(times.take(Infinity)).to.equal(undefined);
  });
});
