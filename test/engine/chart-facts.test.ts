import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { differences } from "../../lab/chart-facts/differences.ts";
import { factsCovering } from "../../lab/chart-facts/facts.ts";
import { readChart } from "../../lab/chart-facts/read-chart.ts";

/** In what the stand-ins may differ from the charts whose facts are recorded, each with its reason. */
const allowed: readonly { chart: string; at: RegExp; reason: string }[] = [
  {
    chart: "gpu-operator",
    at: /ClusterPolicy\/cluster-policy images\.(vgpu|vfio|cc|gds|gdrcopy|sandbox|kataSandbox)/,
    reason: "parts of virtual machines and of storage, which are off and which the program does not switch on",
  },
  {
    chart: "traefik",
    at: /^crd \w+\.hub\.traefik\.io$/,
    reason: "Traefik Hub, a product of its own: neither the program nor the lab makes objects of its kinds",
  },
];

describe("the stand-in charts against the facts of the real ones", () => {
  for (const chart of ["kasm-helm", "gpu-operator", "traefik"])
    it(`differ from ${chart} by what is allowed, and no more`, async function () {
      this.timeout(60_000);
      const standIn = await readChart("helm", fileURLToPath(new URL(`../../lab/charts/${chart}`, import.meta.url)));
      const real = factsCovering(chart, standIn.version);
      expect(real, `no facts hold for ${standIn.version}`).not.to.equal(undefined);
      const found = differences(real!, standIn);
      const mine = allowed.filter((rule) => rule.chart === chart);
      expect(found.filter(({ at }) => !mine.some((rule) => rule.at.test(at)))).to.deep.equal([]);
      for (const { at, reason } of mine)
        expect(
          found.some((difference) => at.test(difference.at)),
          `no longer needed: ${reason}`,
        ).to.equal(true);
    });
});
