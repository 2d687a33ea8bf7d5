import { expect } from "chai";
import { RateLimit } from "../../../operator/access/rate-limit.ts";

describe("the rate limit of wrong passwords", () => {
  it("is free four times, then each wait is twice the one before, up to five minutes", () => {
    const limit = new RateLimit();
    let now = 0;
    const waits = Array.from({ length: 40 }, () => {
      limit.wrong("a", now);
      const waitMs = limit.waitMs("a", now);
      now += waitMs;
      return waitMs / 1000;
    });
    expect(waits.slice(0, 8)).to.deep.equal([0, 0, 0, 0, 1, 2, 4, 8]);
    expect(waits.at(-1)).to.equal(300);
    expect(limit.waitMs("b", now)).to.equal(0);
  });

  it("is forgotten after a right one, and after an hour", () => {
    const limit = new RateLimit();
    for (let wrong = 0; wrong < 9; wrong++) limit.wrong("a", 0);
    limit.right("a");
    expect(limit.waitMs("a", 0)).to.equal(0);
    for (let wrong = 0; wrong < 9; wrong++) limit.wrong("a", 0);
    limit.wrong("a", 2 * 3_600_000);
    expect(limit.waitMs("a", 2 * 3_600_000)).to.equal(0);
  });

  it("takes no more memory than its bound, and forgets whose last wrong is oldest", () => {
    const limit = new RateLimit(3);
    for (let wrong = 0; wrong < 9; wrong++) limit.wrong("kept", 0);
    for (const other of ["a", "b"]) limit.wrong(other, 0);
    limit.wrong("kept", 0);
    for (const other of ["c", "d"]) limit.wrong(other, 0);
    expect(limit.size).to.equal(3);
    expect(limit.waitMs("kept", 0)).to.be.greaterThan(0);
  });
});
