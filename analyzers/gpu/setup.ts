import type { AnyObject } from "../../kube/object.ts";
import type { Node, Pod } from "../../kube/kinds.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf } from "../conditions.ts";
import { refOf } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { clusterPolicyRef, configKeyOn, pluginConfigOf } from "./config.ts";
import { gpuResource, isGpuNode, labelOf, physicalGpus } from "./node.ts";
import { pluginPodOn } from "./parts.ts";
import { replicasOf } from "./sharing.ts";

/** The GPU operator of a cluster, and what it works with. */
export interface GpuSetup {
  readonly policy: AnyObject | undefined;
  readonly namespace: string;
  readonly pods: readonly Pod[];
  /** The ConfigMap that the ClusterPolicy names, where it is in the right place. */
  readonly configMap: AnyObject | undefined;
}

export function gpuSetup(cluster: Cluster): GpuSetup {
  const policies = cluster.all("ClusterPolicy");
  const policy = cluster.find(clusterPolicyRef) ?? policies[0];
  const operand = [...cluster.all("DaemonSet"), ...cluster.pods].find(
    (it) => it.metadata?.labels?.["app"] === "nvidia-device-plugin-daemonset" && isOwned(it, policy !== undefined),
  );
  const namespace = operand?.metadata?.namespace ?? "gpu-operator";
  const { name } = pluginConfigOf(policy);
  return {
    policy,
    namespace,
    pods: cluster.pods.filter(({ metadata }) => metadata.namespace === namespace),
    configMap: name === undefined ? undefined : cluster.get("ConfigMap", name, namespace),
  };
}

/** Nodes with NVIDIA cards that are heard of; of others their kubelet's termination message tell nothing. */
export function readyGpuNodes(cluster: Cluster): Node[] {
  return cluster.nodes.filter(
    (node) =>
      isGpuNode(node) &&
      conditionOf(node, "Ready")?.status !== "False" &&
      conditionOf(node, "Ready")?.status !== "Unknown",
  );
}

/** How many `nvidia.com/gpu` a node should have by its config; undefined where that cannot be told, as with MIG. */
export function wantedSlices({ policy, configMap }: GpuSetup, node: Node): number | undefined {
  const gpus = physicalGpus(node);
  const mig = labelOf(node, "nvidia.com/mig.strategy") ?? "none";
  if (!policy || gpus === undefined || mig !== "none" || /MIG/.test(labelOf(node, "nvidia.com/gpu.product") ?? ""))
    return undefined;
  if (pluginConfigOf(policy).name === undefined) return gpus;
  const key = configKeyOn(node, policy) ?? "";
  const text = ownValue(configMap?.["data"] as Record<string, string> | undefined, key);
  const replicas = text === undefined || text === "" ? undefined : replicasOf(text);
  return replicas === undefined ? undefined : gpus * replicas;
}

/** Whether the plugin of a node started before the ConfigMap was last written. */
export function runsOlderText({ configMap, pods }: GpuSetup, node: Node): boolean {
  const started = pluginPodOn(node.metadata.name, pods)?.status?.containerStatuses?.find(
    ({ name }) => name === "nvidia-device-plugin",
  )?.state?.running?.startedAt;
  const written = writtenAt(configMap);
  return started !== undefined && written > Date.parse(started);
}

/** Pods that wait for a node that has what they ask for. */
export function waitingForGpu(cluster: Cluster): Pod[] {
  return cluster.pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      pod.spec?.nodeName === undefined &&
      gpuRequest(pod, gpuResource) > 0 &&
      conditionOf(pod, "PodScheduled")?.status === "False" &&
      (conditionOf(pod, "PodScheduled")?.message ?? "").includes(`Insufficient ${gpuResource}`),
  );
}

/** Pods that wait for a slice follow from whatever keeps nodes from offering them. */
export function waitingPods(cluster: Cluster): Dependency[] {
  return waitingForGpu(cluster).map((pod) => ({
    object: refOf({ ...pod, kind: "Pod" }),
    because: `it waits for ${gpuResource}`,
  }));
}

/** What says how the device plugins share GPUs, and what runs them. */
export function configDependencies({ policy, namespace }: GpuSetup): Dependency[] {
  const { name } = pluginConfigOf(policy);
  const because = "it says how the device plugins share GPUs";
  return [
    ...(name === undefined ? [] : [{ object: { kind: "ConfigMap", namespace, name }, because }]),
    { object: clusterPolicyRef, because },
    {
      object: { kind: "DaemonSet", namespace, name: "nvidia-device-plugin-daemonset" },
      because: "its pods offer the GPUs of their nodes",
    },
  ];
}

/** How many of an extended resource a pod takes: the sum over its containers. */
export function gpuRequest({ spec }: Pod, resource: string): number {
  return (spec?.containers ?? []).reduce((sum, { resources }) => {
    const asked = resources?.limits?.[resource] ?? resources?.requests?.[resource] ?? "0";
    return sum + (Number(asked) || 0);
  }, 0);
}

function writtenAt(configMap: AnyObject | undefined): number {
  const { managedFields = [], creationTimestamp = "" } = configMap?.metadata ?? {};
  return Math.max(...managedFields.map(({ time = "" }) => Date.parse(time) || 0), Date.parse(creationTimestamp) || 0);
}

// What the operator makes belongs to its ClusterPolicy; pods belong to DaemonSets.
function isOwned({ kind, metadata }: { kind?: string; metadata?: AnyObject["metadata"] }, hasPolicy: boolean): boolean {
  const owners = metadata?.ownerReferences ?? [];
  return !hasPolicy || kind !== "DaemonSet" || owners.length === 0 || owners.some((it) => it.kind === "ClusterPolicy");
}
