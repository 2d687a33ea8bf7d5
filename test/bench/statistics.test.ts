import { expect } from "chai";
import { median, quantile, spread } from "../../bench/statistics.ts";

describe("median", () => {
  for (const [values, wanted] of [
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ] as const)
    it(`of ${values.join(", ")} is ${wanted}`, () => {
      expect(median(values)).to.equal(wanted);
    });
});

describe("quantile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1).reverse();

  it("is a value that was measured, which no more than the rest exceed", () => {
    expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).to.deep.equal([1, 50, 99, 100]);
    expect(quantile([7], 0.99)).to.equal(7);
    expect(quantile([], 0.5)).to.deep.equal(NaN);
  });

  it("gives spreads in whole milliseconds", () => {
    expect(spread([1.4, 2.6])).to.deep.equal({ p50: 1, p99: 3, most: 3 });
  });
});
