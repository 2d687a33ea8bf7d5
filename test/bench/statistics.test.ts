import { expect } from "chai";
import { median } from "../../bench/statistics.ts";

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
