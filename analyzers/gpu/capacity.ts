import type { Code } from "../catalog.ts";
import type { Node } from "../../kube/kinds.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Evidence, Finding } from "../finding.ts";
import { discoveryFault, keyFault } from "./config.ts";
import { findingOf } from "./fault.ts";
import type { GpuFault } from "./fault.ts";
import { gpuResource, gpuResources, hasCard, labelOf, physicalGpus } from "./node.ts";
import { makesRuntime, partDependencies, partFault } from "./parts.ts";
import type { Part } from "./parts.ts";
import { pluginFault, staleConfig } from "./plugin.ts";
import { configDependencies, gpuSetup, readyGpuNodes, waitingPods, wantedSlices } from "./setup.ts";
import type { GpuSetup } from "./setup.ts";

/** Every GPU node offers what its cards and its config make: not the first node of a list alone, and not always eight. */
export const gpuCapacity: Analyzer = {
  area: "gpu",
  title: "GPU nodes offer GPUs x replicas",
  needs: ["Node", "Pod", "ConfigMap", "ClusterPolicy"],
  analyze(cluster) {
    const nodes = readyGpuNodes(cluster);
    const setup = gpuSetup(cluster);
    return {
      checked: nodes.length > 0 ? counted(nodes.length, "GPU node") : undefined,
      findings: nodes.flatMap((node) => findingAt(cluster, setup, node) ?? []),
    };
  },
};

function findingAt(cluster: Cluster, setup: GpuSetup, node: Node): Finding | undefined {
  const { policy, configMap } = setup;
  // A label that names no key is the node's own fault, whatever it still offers.
  const named = configMap && keyFault(node, policy, configMap);
  if (named && named.at.kind === "Node") return { ...findingOf(named), explains: waitingPods(cluster) };
  const offered = gpuResources(node, "capacity");
  if (Object.keys(offered).length === 0) return hasCard(node) ? nothingOffered(cluster, setup, node) : undefined;
  const slices = offered[gpuResource] ?? 0;
  const wanted = wantedSlices(setup, node);
  if (wanted === undefined || slices === 0 || slices === wanted) return undefined;
  const gpus = physicalGpus(node) ?? 1;
  const object = refOf({ ...node, kind: "Node" });
  return {
    code: "GpuNotShared",
    object,
    problem: `Node ${object.name} reports ${slices} ${gpuResource}, and its config makes ${wanted} (${gpus} x ${wanted / gpus}).`,
    evidence: [
      { object, field: `status.capacity[${gpuResource}]`, value: String(slices) },
      { object, field: "metadata.labels[nvidia.com/gpu.count]", value: String(gpus) },
      {
        object,
        field: "metadata.labels[nvidia.com/gpu.replicas]",
        value: labelOf(node, "nvidia.com/gpu.replicas") ?? "(none)",
      },
    ],
    fix: staleConfig(setup.namespace).fix,
    explains: waitingPods(cluster),
    dependsOn: [...configDependencies(setup), ...partDependencies(object.name, setup.pods)],
  };
}

function nothingOffered(cluster: Cluster, setup: GpuSetup, node: Node): Finding {
  const object = refOf({ ...node, kind: "Node" });
  const words = {
    events: cluster.all("Event"),
    log: (pod: object, container: string) => cluster.log(pod, container) ?? cluster.log(pod, container, true),
  };
  const fault = setup.policy
    ? (discoveryFault(node) ?? pluginFault(node, { configMap: setup.configMap, reported: 0 }, setup.pods, words))
    : partFault(node, setup.pods, words);
  const isOfMachine = fault !== undefined && machineCodes.has(fault.code);
  const isCause = (part: Part) => fault !== undefined && runtimeCodes.has(fault.code) && makesRuntime(part);
  const gpus = physicalGpus(node);
  const seen: Evidence = { object, field: `status.capacity[${gpuResource}]`, value: "(none)" };
  return {
    code: fault?.code ?? "GpuResourceMissing",
    object,
    problem: `Node ${object.name} has ${gpus === undefined ? "an NVIDIA card" : counted(gpus, "NVIDIA card")} and offers no ${gpuResource}${reasonOf(fault)}.`,
    evidence: [seen, ...(fault?.evidence ?? [])],
    fix: fault?.fix ?? [],
    // What is wrong with the machine keeps the operator's pods there from their work; else they are what is wrong.
    explains: [
      ...waitingPods(cluster),
      ...partDependencies(object.name, setup.pods, (part) => isOfMachine && !isCause(part)),
    ],
    dependsOn: [
      ...configDependencies(setup),
      ...partDependencies(object.name, setup.pods, (part) => !isOfMachine || isCause(part)),
      {
        object: { kind: "Deployment", namespace: setup.namespace, name: "gpu-operator" },
        because: "the GPU operator makes the pods that offer GPUs",
      },
    ],
  };
}

const machineCodes = new Set<Code>([
  ...(["GpuDriverMissing", "GpuDriverMismatch", "GpuDriverBlocked", "GpuDriverRefused", "GpuDriverTooNew"] as const),
  ...(["GpuRuntimeMissing", "GpuCdiUnresolved"] as const),
]);

/** What the toolkit, and the driver before it, are to bring to the machine. */
const runtimeCodes = new Set<Code>(["GpuRuntimeMissing", "GpuCdiUnresolved"]);

function reasonOf(fault: GpuFault | undefined): string {
  return fault ? `: ${fault.text}` : "";
}
