import { expect } from "chai";
import fc from "fast-check";
import { RateLimit } from "../../../portal/rights/rate-limit.ts";

describe("the portal's rate limit", () => {
  it("lets so many through at once, then one each time that one has come in, for each key alone", () => {
    const limit = new RateLimit(2, 1);
    expect([limit.take("a", 0), limit.take("a", 0), limit.take("a", 0)]).to.deep.equal([0, 0, 1_000]);
    expect(limit.take("b", 0)).to.equal(0);
    expect(limit.take("a", 500)).to.equal(500);
    expect([limit.take("a", 1_000), limit.take("a", 1_000)]).to.deep.equal([0, 1_000]);
  });

  it("never lets more through than burst and rate allow, whenever it is asked", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), (gaps) => {
        const limit = new RateLimit(5, 2);
        let nowMs = 0;
        let passed = 0;
        for (const gap of gaps) if (limit.take("a", (nowMs += gap)) === 0) passed++;
        expect(passed).to.be.at.most(5 + (nowMs / 1_000) * 2);
      }),
    );
  });

  it("forgets the oldest key, and not the one that asks most", () => {
    const limit = new RateLimit(1, 0.001, 2);
    for (const key of ["a", "b", "a", "c"]) limit.take(key, 0);
    expect(limit.take("a", 0), "a was kept").to.be.greaterThan(0);
    expect(limit.take("b", 0), "b was forgotten").to.equal(0);
  });
});
