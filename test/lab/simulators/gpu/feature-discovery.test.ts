import { expect } from "chai";
import { deployLabelChanges, featureLabelChanges, pciLabel } from "../../../../lab/simulators/gpu/feature-discovery.ts";

describe("node labels of NFD and gpu-operator (facts gpu 1.4)", () => {
  it("shows the PCI label of a node with a GPU while NFD's worker runs there", () => {
    expect(featureLabelChanges({}, true, 1, undefined)).to.include({ [pciLabel]: "true" });
  });

  it("shows no PCI label on a node without a GPU, and other features all the same", () => {
    const changes = featureLabelChanges({}, true, 0, undefined);
    expect(changes).not.to.have.property(pciLabel);
    expect(changes).to.include({ "feature.node.kubernetes.io/system-os_release.ID": "ubuntu" });
  });

  it("takes its labels and GFD's away when NFD is gone, and no others", () => {
    const labels = { [pciLabel]: "true", "nvidia.com/gpu.count": "1", "nvidia.com/gpu.deploy.driver": "false", a: "b" };
    expect(featureLabelChanges(labels, false, 1, undefined)).to.deep.equal({
      [pciLabel]: null,
      "nvidia.com/gpu.count": null,
    });
  });

  it("removes the labels of a card that was taken out", () => {
    const labels = { [pciLabel]: "true", "nvidia.com/gpu.count": "1" };
    expect(featureLabelChanges(labels, true, 0, {})).to.include({ [pciLabel]: null, "nvidia.com/gpu.count": null });
  });

  it("leaves the last labels of GFD while it does not run", () => {
    expect(featureLabelChanges({ "nvidia.com/gpu.count": "1" }, true, 1, undefined)).not.to.have.property(
      "nvidia.com/gpu.count",
    );
  });

  it("writes nothing when the labels are as they should be", () => {
    const changes = featureLabelChanges({}, true, 1, { "nvidia.com/gpu.count": "1" });
    const labels = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value ?? ""]));
    expect(featureLabelChanges(labels, true, 1, { "nvidia.com/gpu.count": "1" })).to.deep.equal({});
  });

  it("sends operands to nodes with the PCI label only", () => {
    expect(deployLabelChanges({})).to.deep.equal({});
    expect(deployLabelChanges({ [pciLabel]: "true" })).to.include({
      "nvidia.com/gpu.present": "true",
      "nvidia.com/gpu.deploy.device-plugin": "true",
    });
  });

  it("keeps gpu.deploy.driver=false of a host that brings its driver", () => {
    const labels = { [pciLabel]: "true", "nvidia.com/gpu.deploy.driver": "false" };
    expect(deployLabelChanges(labels)).not.to.have.property("nvidia.com/gpu.deploy.driver");
  });

  it("sends nothing to a node that opted out of all operands", () => {
    const labels = {
      [pciLabel]: "true",
      "nvidia.com/gpu.deploy.operands": "false",
      "nvidia.com/gpu.deploy.driver": "true",
    };
    expect(deployLabelChanges(labels)).to.deep.equal({ "nvidia.com/gpu.deploy.driver": null });
  });
});
