import { expect } from "chai";
import { beyond, medians } from "../../bench/preview.ts";

const usage = (seconds: number) => ({
  wallSeconds: 4 * seconds,
  cpuSeconds: 3 * seconds,
  programCpuSeconds: seconds,
  programWallSeconds: 2 * seconds,
  pluginsCpuSeconds: 0,
});

describe("figures of previews", () => {
  it("are what prod takes beyond the empty program of the same pair", () => {
    expect(beyond({ prod: usage(2.5), empty: usage(1) })).to.deep.equal(usage(1.5));
  });

  it("are medians, each of its own", () => {
    expect(medians([usage(1), usage(9), usage(2)])).to.deep.equal(usage(2));
  });
});
