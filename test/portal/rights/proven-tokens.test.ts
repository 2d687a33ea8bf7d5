import { expect } from "chai";
import { ProvenTokens } from "../../../portal/rights/proven-tokens.ts";

describe("tokens that somebody was known by", () => {
  it("are remembered for ten minutes since they last were, and the oldest not when there are too many", () => {
    const proven = new ProvenTokens(9, 1, 2);
    const isKnown = (token: string, atMs: number) => proven.take(token, atMs) !== undefined;
    proven.add("Bearer a", 0);
    expect([isKnown("Bearer a", 599_999), isKnown("Bearer a", 600_000)]).to.deep.equal([true, false]);
    expect(isKnown("Bearer b", 0)).to.equal(false);
    for (const token of ["Bearer b", "Bearer a", "Bearer c"]) proven.add(token, 1_000);
    expect(["Bearer a", "Bearer b", "Bearer c"].map((it) => isKnown(it, 2_000))).to.deep.equal([true, false, true]);
  });

  it("have a limit each", () => {
    const proven = new ProvenTokens(1, 1);
    for (const token of ["Bearer a", "Bearer b"]) proven.add(token, 0);
    expect(["Bearer a", "Bearer a", "Bearer b"].map((it) => proven.take(it, 0))).to.deep.equal([0, 1_000, 0]);
  });
});
