import { expect } from "chai";
import { BackOff } from "../../../../lab/desktop/node/back-off.ts";

describe("the back-off of a container", () => {
  it("is none at first, then 10 s, doubled to 5 min, and forgiven after ten minutes of work", () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 8 }, () => backOff.delayMs(1_000) / 1_000);
    expect(delays).to.deep.equal([0, 10, 20, 40, 80, 160, 300, 300]);
    expect(backOff.delayMs(600_000)).to.equal(0);
  });
});
