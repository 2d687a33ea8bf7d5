import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import { GpuOperator } from "../../components/gpu-operator/gpu-operator.ts";
import type { GpuOperatorArgs } from "../../components/gpu-operator/gpu-operator.ts";
import { registrationsOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const args: GpuOperatorArgs = {
  namespace: "gpu-operator",
  chart: { chart: "gpu-operator", version: "v26.7.0" },
  driver: "host",
  pools: [{ name: "gpu", count: 1, gpusPerNode: 2, replicasPerGpu: 8, labels: {} }],
  cluster: {},
  timeoutSeconds: 900,
};

async function register(more: Partial<GpuOperatorArgs> = {}, revision = 1): Promise<Registration[]> {
  const { resources } = await registrationsOf(
    () => {
      const provider = new k8s.Provider("cluster", {});
      return new GpuOperator("gpu", { ...args, ...more }, { provider });
    },
    ({ type, inputs }) => ({
      ...(inputs as object),
      ...(type === "command:local:Command" && { stdout: '{"slices":{}}' }),
      ...(type === "kubernetes:helm.sh/v3:Release" && { status: { revision } }),
    }),
  );
  return resources;
}

const get = (resources: readonly Registration[], name: string): Registration => {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`${name} is not registered; ${resources.map((one) => one.name).join(", ")} are`);
  return found;
};

describe("GpuOperator", () => {
  it("admits privileged pods, which drivers and device plugins are", async () => {
    expect(get(await register(), "gpu-namespace").inputs).to.have.nested.property(
      "metadata.labels.pod-security\\.kubernetes\\.io/enforce",
      "privileged",
    );
  });

  it("installs the chart into a closed network, and looks at the nodes afterwards", async () => {
    const resources = await register();
    const urns = ["gpu-namespace", "gpu-time-slicing", "gpu-default-deny", "gpu-within-namespace"];
    expect(get(resources, "gpu-release").dependencies).to.include.members(urns.map((name) => get(resources, name).urn));
    expect(get(resources, "gpu-capacity").dependencies).to.include(get(resources, "gpu-release").urn);
  });

  it("takes the release apart by Helm, so that its hooks run, and lets the plain rest go with the namespace", async () => {
    const resources = await register({ driver: "container" });
    const { urn } = get(resources, "gpu-namespace");
    expect(get(resources, "gpu-release").deletedWith).to.equal("");
    for (const name of ["gpu-time-slicing", "gpu-default-deny", "gpu-within-namespace", "gpu-driver-downloads"])
      expect(get(resources, name).deletedWith, name).to.equal(urn);
  });

  it("hands mirror, pull secret and taints on to the chart", async () => {
    const registry = { mirror: "registry.example.com", pullSecretName: "site" };
    const { inputs } = get(await register({ registry, tolerations: [{ key: "dedicated" }] }), "gpu-release");
    expect(inputs).to.have.nested.property("values.operator.repository", "registry.example.com/nvidia");
    expect(inputs).to.have.nested.property("values.daemonsets.tolerations[1].key", "dedicated");
  });

  it("looks again after each run of Helm, also one that goes back to what was before", async () => {
    const environment = async (revision: number) =>
      get(await register({}, revision), "gpu-capacity").inputs["environment"];
    expect(await environment(2)).to.include({ REVISION: "2" });
    expect(await environment(2)).not.to.deep.equal(await environment(4));
  });
});
