import { expect } from "chai";
import { ProvenTokens } from "../../../portal/rights/proven-tokens.ts";

describe("tokens that somebody was known by", () => {
  it("are remembered for ten minutes since they last were, and the oldest not when there are too many", () => {
    const proven = new ProvenTokens(2);
    proven.add("Bearer a", 0);
    expect([proven.has("Bearer a", 599_999), proven.has("Bearer a", 600_000)]).to.deep.equal([true, false]);
    expect(proven.has("Bearer b", 0)).to.equal(false);
    for (const token of ["Bearer b", "Bearer a", "Bearer c"]) proven.add(token, 1_000);
    expect(["Bearer a", "Bearer b", "Bearer c"].map((it) => proven.has(it, 2_000))).to.deep.equal([true, false, true]);
  });
});
