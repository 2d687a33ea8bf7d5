import { expect } from "chai";
import fc from "fast-check";
import { backoffMs } from "../../kube/backoff.ts";

const backoff = { firstMs: 5, mostMs: 1_000_000, jitter: 0.2 };

describe("the delay after failures", () => {
  for (const [failures, ms] of [
    [1, 5],
    [2, 10],
    [10, 2560],
    [100, 1_000_000],
    [100_000, 1_000_000],
  ] as const)
    it(`is ${ms} ms after ${failures}, when chance does not spread it`, () =>
      expect(backoffMs(backoff, failures, 0.5)).to.equal(ms));

  it("is spread by the jitter and no more, whatever the number of failures", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const plain = backoffMs(backoff, failures, 0.5);
        expect(backoffMs(backoff, failures, random)).to.be.within(plain * 0.8 - 1e-6, plain * 1.2 + 1e-6);
      }),
    );
  });
});
