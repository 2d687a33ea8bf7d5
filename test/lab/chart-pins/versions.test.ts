import { expect } from "chai";
import { compareVersions, isInRange, newestOf } from "../../../lab/chart-pins/versions.ts";

describe("versions of charts", () => {
  it("are compared by number, with and without a leading v", () => {
    expect(compareVersions("v26.7.10", "v26.7.9")).to.be.greaterThan(0);
    expect(compareVersions("41.5.0", "v41.5")).to.equal(0);
  });

  it("leave pre-releases out of what is newest", () => {
    expect(newestOf(["41.5.0", "41.10.0", "42.0.0-rc.1", "41.6.1"])).to.equal("41.10.0");
    expect(newestOf(["1.0.0-develop"])).to.equal(undefined);
  });

  const ranges: [string, string, boolean][] = [
    ["v3.7.11", ">= v3.0.0-beta3, <= v3.7.12", true],
    ["v3.7.13", ">= v3.0.0-beta3, <= v3.7.12", false],
    ["v3.7.11", "< 2.11.40", false],
    ["v3.7.11", "< 2.11.40 || >= 3.7.0, < 3.7.13", true],
    ["v3.7.11", "= 3.7.11", true],
    ["v3.7.11", "3.7.11", true],
    ["v3.7.11", "all that are older", true],
  ];
  for (const [version, range, expected] of ranges)
    it(`${version} ${expected ? "is" : "is not"} taken to lie in "${range}"`, () => {
      expect(isInRange(version, range)).to.equal(expected);
    });
});
