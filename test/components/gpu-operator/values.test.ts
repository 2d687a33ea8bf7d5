import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { deviceConfigName, deviceConfigs, gpuOperatorValues } from "../../../components/gpu-operator/values.ts";
import type { NodePool } from "../../../components/capacity/node-pool.ts";

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
      operator: {},
      validator: {},
      driver: { enabled: false, upgradePolicy: { autoUpgrade: false } },
      mig: { strategy: "none" },
      toolkit: { env: [{ name: "CONTAINERD_SOCKET", value: "/run/k3s/containerd/containerd.sock" }] },
      devicePlugin: { config: { create: false, name: "time-slicing-config-3eea7bdf79", default: "shared-8" } },
      gfd: {},
      dcgmExporter: { serviceMonitor: { enabled: false } },
      migManager: {},
      "node-feature-discovery": {},
    });
  });

  it("take every image of what runs from the site's mirror, with the pull secret in the form that each part wants", () => {
    const registry = { mirror: "registry.example.com/mirror", pullSecretName: "site" };
    const values = gpuOperatorValues({ driver: "container", pools: [pool(1, 1, 8)], registry });
    const { operator, validator, driver, toolkit, devicePlugin, gfd, dcgmExporter, migManager } = values;
    const parts = [operator, validator, driver, toolkit, devicePlugin, gfd, dcgmExporter, migManager];
    expect(parts.map(({ repository }) => repository?.replace("registry.example.com/mirror/", ""))).to.deep.equal([
      ...["nvidia", "nvidia", "nvidia", "nvidia/k8s", "nvidia", "nvidia", "nvidia/k8s", "nvidia/cloud-native"],
    ]);
    for (const { imagePullSecrets } of parts) expect(imagePullSecrets).to.deep.equal(["site"]);
    expect(driver.manager).to.deep.equal({ repository: "registry.example.com/mirror/nvidia/cloud-native" });
    expect(values["node-feature-discovery"]).to.deep.equal({
      image: { repository: "registry.example.com/mirror/nfd/node-feature-discovery" },
      imagePullSecrets: [{ name: "site" }],
    });
  });

  it("add the pools' taints to those that the chart tolerates, for operands and feature discovery", () => {
    const tolerations = [
      { key: "CriticalAddonsOnly" },
      { key: "dedicated", value: "gpu", effect: "NoExecute" as const },
    ];
    const values = gpuOperatorValues({ driver: "host", pools: [pool(1, 1, 8)], tolerations });
    const own = [
      { key: "CriticalAddonsOnly", operator: "Exists" },
      { key: "dedicated", effect: "NoExecute", operator: "Equal", value: "gpu" },
    ];
    const gpu = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };
    expect(values.daemonsets).to.deep.equal({ tolerations: [gpu, ...own] });
    const controlPlane = {
      key: "node-role.kubernetes.io/control-plane",
      operator: "Equal",
      value: "",
      effect: "NoSchedule",
    };
    expect(values["node-feature-discovery"].worker).to.deep.equal({ tolerations: [controlPlane, gpu, ...own] });
  });

  it("install the driver where nodes have none, and never upgrade it by themselves", () => {
    expect(gpuOperatorValues({ driver: "container", pools: [pool(1, 1, 8)] }).driver).to.deep.equal({
      enabled: true,
      upgradePolicy: { autoUpgrade: false },
    });
  });
});
