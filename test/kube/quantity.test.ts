import { expect } from "chai";
import fc from "fast-check";
import { quantityValue } from "../../kube/quantity.ts";

describe("the value of a quantity", () => {
  for (const [quantity, value] of [
    ["2", 2],
    ["0", 0],
    ["-1", -1],
    ["500m", 0.5],
    ["1k", 1000],
    ["4Gi", 4 * 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["3.6G", 3.6e9],
    ["1e3", 1000],
    ["2E", 2e18],
    ["1Ei", 2 ** 60],
  ] as const)
    it(`of ${quantity} is ${value}`, () => expect(quantityValue(quantity)).to.equal(value));

  it("is the number that the suffix scales", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (number) => {
        expect(quantityValue(`${number}Ki`)).to.equal(number * 1024);
        expect(quantityValue(`${number}m`)).to.be.closeTo(number / 1000, 1e-9);
      }),
    );
  });

  for (const text of ["", "many", "1 Gi", "1Kb", "."])
    it(`is refused for ${JSON.stringify(text)}`, () => expect(() => quantityValue(text)).to.throw("is no quantity"));
});
