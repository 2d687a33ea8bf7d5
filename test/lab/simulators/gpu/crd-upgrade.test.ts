import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { crdsIn, upgradedFiles } from "../../../../lab/simulators/gpu/crd-upgrade.ts";

const job = (args: string[]): AnyObject => ({
  ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "gpu-operator-upgrade-crd" } },
  spec: { template: { spec: { containers: [{ name: "upgrade-crd", args }] } } },
});

describe("the hook that upgrades the GPU operator's CRDs", () => {
  it("makes the CRDs of the files that the chart names, feature discovery's among them", () => {
    const files = ["nvidia.com_clusterpolicies.yaml", "nvidia.com_gpuclusters.yaml", "nfd-api-crds.yaml"];
    const named = upgradedFiles(job(["apply", ...files.map((file) => `--filepath=/opt/gpu-operator/${file}`)]));
    expect(named).to.deep.equal(files);
    expect(named.flatMap(crdsIn).map(({ metadata }) => metadata.name)).to.deep.equal([
      "clusterpolicies.nvidia.com",
      "gpuclusters.nvidia.com",
      "nodefeatures.nfd.k8s-sigs.io",
      "nodefeaturegroups.nfd.k8s-sigs.io",
      "nodefeaturerules.nfd.k8s-sigs.io",
    ]);
  });

  it("takes no other Job of the chart for it", () => {
    expect(upgradedFiles(job(["--gpucluster-name", "gpu-cluster"]))).to.deep.equal([]);
  });

  it("leaves out a file that the lab does not know", () => {
    expect(crdsIn("other.yaml")).to.deep.equal([]);
  });
});
