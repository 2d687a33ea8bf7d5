import { expect } from "chai";
import {
  defaultReplicas,
  deviceConfigKey,
  gpuSlices,
  requiredNodeLabels,
} from "../../../components/capacity/node-pool.ts";
import type { NodePool } from "../../../components/capacity/node-pool.ts";

const pool = (fields: Partial<NodePool>): NodePool => ({
  name: "a",
  count: 1,
  gpusPerNode: 1,
  replicasPerGpu: 8,
  labels: {},
  ...fields,
});

describe("node pools", () => {
  it("count slices as nodes x GPUs x desktops per GPU", () => {
    expect(gpuSlices([pool({ count: 2, gpusPerNode: 4 }), pool({ gpusPerNode: 2, replicasPerGpu: 4 })])).to.equal(72);
  });

  it("take the factor of most GPU nodes as the default, and ask nodes without GPUs nothing", () => {
    const pools = [
      pool({ count: 9, gpusPerNode: 0, replicasPerGpu: 2 }),
      pool({ count: 2 }),
      pool({ replicasPerGpu: 4 }),
    ];
    expect(defaultReplicas(pools)).to.equal(8);
  });

  it("take the smaller factor of two that are as common", () => {
    expect(defaultReplicas([pool({ replicasPerGpu: 8 }), pool({ replicasPerGpu: 4 })])).to.equal(4);
  });

  it("have no default without GPUs", () => {
    expect(defaultReplicas([pool({ gpusPerNode: 0 })])).to.equal(undefined);
  });

  it("call an unshared GPU exclusive, since the plugin refuses a factor of one", () => {
    expect([1, 2, 16].map(deviceConfigKey)).to.deep.equal(["exclusive", "shared-2", "shared-16"]);
  });

  it("need the plugin's label only where the factor is not the default", () => {
    const [large, small, plain] = [
      pool({ count: 2, labels: { kind: "large" } }),
      pool({ replicasPerGpu: 4, labels: { kind: "small" } }),
      pool({ gpusPerNode: 0, replicasPerGpu: 4 }),
    ];
    const pools = [large, small, plain];
    expect(requiredNodeLabels(large, pools)).to.deep.equal({ kind: "large" });
    expect(requiredNodeLabels(small, pools)).to.deep.equal({
      kind: "small",
      "nvidia.com/device-plugin.config": "shared-4",
    });
    expect(requiredNodeLabels(plain, pools)).to.deep.equal({});
  });
});
