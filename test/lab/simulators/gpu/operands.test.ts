import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { configSource, hashAnnotation, operandDaemonSets } from "../../../../lab/simulators/gpu/operands.ts";

function policy(spec: object): AnyObject {
  return { apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy", uid: "u" }, spec };
}

function plugin(spec: object): AnyObject | undefined {
  return operandDaemonSets(policy(spec), "gpu-operator").find(
    ({ metadata }) => metadata?.name === "nvidia-device-plugin-daemonset",
  );
}

const podOf = (daemonSet: AnyObject | undefined) => (daemonSet?.spec as { template: AnyObject }).template;
const hashOf = (daemonSet: AnyObject | undefined) => daemonSet?.metadata?.annotations?.[hashAnnotation];
const config = (name: string, defaultKey?: string) => ({ devicePlugin: { config: { name, default: defaultKey } } });

describe("operands of a ClusterPolicy (facts gpu 1.4)", () => {
  it("belong to the ClusterPolicy, so they go with it", () => {
    for (const { metadata } of operandDaemonSets(policy({}), "gpu-operator"))
      expect(metadata?.ownerReferences).to.have.length(1);
  });

  it("leave out what the ClusterPolicy disables", () => {
    const names = operandDaemonSets(policy({ driver: { enabled: false } }), "gpu-operator").map(
      ({ metadata }) => metadata?.name,
    );
    expect(names).to.include("nvidia-device-plugin-daemonset").and.not.include("nvidia-driver-daemonset");
  });

  it("carry config-manager with the ConfigMap and the default that the ClusterPolicy names", () => {
    expect(configSource(podOf(plugin(config("ts", "shared-8"))))).to.deep.equal({
      configMap: "ts",
      defaultKey: "shared-8",
    });
  });

  it("have no config-manager without a ConfigMap name", () => {
    expect(configSource(podOf(plugin({})))).to.equal(undefined);
  });

  it("roll when the name or the default changes, and only then (3.3)", () => {
    const hash = hashOf(plugin(config("ts", "a")));
    expect(hashOf(plugin(config("ts-2", "a")))).not.to.equal(hash);
    expect(hashOf(plugin(config("ts", "b")))).not.to.equal(hash);
    expect(hashOf(plugin(config("ts", "a")))).to.equal(hash);
  });

  it("run the image that the ClusterPolicy puts together: mirror, version, pull secrets", () => {
    const devicePlugin = {
      repository: "registry.example.com/mirror/nvidia",
      image: "k8s-device-plugin",
      version: "v0.20.1",
      imagePullSecrets: ["site-registry"],
    };
    const validator = { repository: "registry.example.com/mirror/nvidia", image: "gpu-operator", version: "v26.7.1" };
    const pod = podOf(plugin({ devicePlugin, validator })).spec as {
      imagePullSecrets: object[];
      containers: { image: string }[];
      initContainers: { image: string }[];
    };
    expect(pod.containers[0]?.image).to.equal("registry.example.com/mirror/nvidia/k8s-device-plugin:v0.20.1");
    expect(pod.initContainers[0]?.image).to.equal("registry.example.com/mirror/nvidia/gpu-operator:v26.7.1");
    expect(pod.imagePullSecrets).to.deep.equal([{ name: "site-registry" }]);
  });

  it("name the driver's image for the node's system, and its manager's own", () => {
    const driver = {
      ...{ repository: "nvcr.io/nvidia", image: "driver", version: "595.91.07" },
      manager: { repository: "nvcr.io/nvidia/cloud-native", image: "k8s-driver-manager", version: "v0.12.0" },
    };
    const found = operandDaemonSets(policy({ driver }), "gpu-operator").find(
      ({ metadata }) => metadata?.name === "nvidia-driver-daemonset",
    );
    const pod = podOf(found).spec as { containers: { image: string }[]; initContainers: { image: string }[] };
    expect(pod.containers[0]?.image).to.equal("nvcr.io/nvidia/driver:595.91.07-ubuntu24.04");
    expect(pod.initContainers[0]?.image).to.equal("nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0");
  });
});
