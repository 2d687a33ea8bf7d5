import { expect } from "chai";
import { LineRate } from "../../operator/log.ts";

describe("the operator's log", () => {
  it("has so many lines in a second at most, and says how many were left out", () => {
    let nowMs = 1_000;
    const rate = new LineRate(2, () => nowMs);
    expect([rate.admit(), rate.admit(), rate.admit(), rate.admit()]).to.deep.equal([0, 0, undefined, undefined]);
    nowMs = 2_000;
    expect([rate.admit(), rate.admit(), rate.admit()]).to.deep.equal([2, 0, undefined]);
  });
});
