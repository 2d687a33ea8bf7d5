import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { deviceConfigName, deviceConfigs, gpuOperatorValues } from "../../components/gpu-operator.values.ts";
import type { NodePool } from "../../components/node-pool.ts";

const pool = (count: number, gpusPerNode: number, replicasPerGpu: number): NodePool => ({
  name: `pool-${count}-${gpusPerNode}-${replicasPerGpu}`,
  count,
  gpusPerNode,
  replicasPerGpu,
  labels: {},
});

describe("the device plugin's configs", () => {
  it("share every GPU between the desktops and refuse a request for two slices", () => {
    const { data, defaultKey } = deviceConfigs([pool(2, 2, 8)]);
    expect(defaultKey).to.equal("shared-8");
    expect(Object.keys(data)).to.deep.equal(["shared-8"]);
    expect(parse(data["shared-8"] ?? "")).to.deep.equal({
      version: "v1",
      sharing: {
        timeSlicing: { failRequestsGreaterThanOne: true, resources: [{ name: "nvidia.com/gpu", replicas: 8 }] },
      },
    });
  });

  it("leave sharing out for one desktop per GPU, since the plugin crashes on a factor of one", () => {
    expect(parse(deviceConfigs([pool(1, 1, 1)]).data["exclusive"] ?? "")).to.deep.equal({ version: "v1" });
  });

  it("have one key per factor, none for pools without GPUs", () => {
    const { data, defaultKey } = deviceConfigs([pool(2, 4, 8), pool(1, 2, 4), pool(3, 0, 2)]);
    expect(Object.keys(data)).to.deep.equal(["shared-4", "shared-8"]);
    expect(defaultKey).to.equal("shared-8");
  });

  it("always have their default among the keys, and keys that are legal as label values", () => {
    const gpuPool = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 1000 }),
    );
    fc.assert(
      fc.property(fc.array(gpuPool, { minLength: 1, maxLength: 6 }), (pools) => {
        const { data, defaultKey } = deviceConfigs(pools.map((numbers) => pool(...numbers)));
        expect(Object.keys(data)).to.include(defaultKey);
        for (const key of Object.keys(data)) expect(key).to.match(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
  });
});

describe("the ConfigMap's name", () => {
  const name = (...pools: NodePool[]) => deviceConfigName(deviceConfigs(pools));

  it("changes with the content, so that the operator rolls the plugin", () => {
    expect(name(pool(1, 1, 8))).not.to.equal(name(pool(1, 1, 4)));
  });

  it("stays when only the number of nodes or GPUs changes", () => {
    expect(name(pool(1, 1, 8))).to.equal(name(pool(5, 4, 8)));
  });

  it("stays the same between releases: a new name restarts the plugin on every node", () => {
    expect(name(pool(1, 1, 8))).to.equal("time-slicing-config-3eea7bdf79");
  });
});

describe("gpuOperatorValues", () => {
  it("are exactly these for GPUs whose nodes bring the driver", () => {
    expect(gpuOperatorValues({ driver: "host", pools: [pool(1, 1, 8)] })).to.deep.equal({
      driver: { enabled: false, upgradePolicy: { autoUpgrade: false } },
      mig: { strategy: "none" },
      toolkit: { env: [{ name: "CONTAINERD_SOCKET", value: "/run/k3s/containerd/containerd.sock" }] },
      devicePlugin: { config: { create: false, name: "time-slicing-config-3eea7bdf79", default: "shared-8" } },
      dcgmExporter: { serviceMonitor: { enabled: false } },
    });
  });

  it("install the driver where nodes have none, and never upgrade it by themselves", () => {
    expect(gpuOperatorValues({ driver: "container", pools: [pool(1, 1, 8)] }).driver).to.deep.equal({
      enabled: true,
      upgradePolicy: { autoUpgrade: false },
    });
  });
});
