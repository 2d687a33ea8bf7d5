import {
  configKeyOn,
  configMapFault,
  configTextFault,
  discoveryFault,
  keyFault,
  missingPolicy,
  pluginConfigOf,
} from "../../analyzers/gpu/config.ts";
import { conditionOf } from "../../analyzers/conditions.ts";
import type { GpuFault } from "../../analyzers/gpu/fault.ts";
import {
  configLabel,
  gpuResource,
  gpuResources,
  pciLabels,
  physicalGpus,
  sharesByMps,
} from "../../analyzers/gpu/node.ts";
import { pluginFault, staleConfig } from "../../analyzers/gpu/plugin.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { Pod } from "../../kube/kinds.ts";

/** One pool of GPU nodes, and what each of its nodes has to report. */
export interface GpuPool {
  readonly name: string;
  readonly count: number;
  readonly gpusPerNode: number;
  /** gpusPerNode x replicas. */
  readonly slicesPerNode: number;
  /** Labels that tell the pool's nodes from others. */
  readonly labels: Readonly<Record<string, string>>;
  /** Key of the device plugin's config that holds for the pool. */
  readonly configKey: string;
}

export interface GpuExpectation {
  /** Namespace of the GPU operator. */
  readonly namespace: string;
  readonly configMap: string;
  readonly defaultKey: string;
  readonly pools: readonly GpuPool[];
}

/** What the cluster shows. */
export interface GpuSnapshot {
  readonly nodes: readonly AnyObject[];
  /** ConfigMaps of the expected name, in whatever namespace. */
  readonly configMaps: readonly AnyObject[];
  readonly clusterPolicy: AnyObject | undefined;
  /** Pods of its namespace. */
  readonly pods: readonly Pod[];
  /** Warnings of its namespace, core/v1. */
  readonly events: readonly AnyObject[];
}

export interface GpuVerdict {
  /** `nvidia.com/gpu` by node. */
  readonly slices: Record<string, number>;
  /** One sentence per node or pool that is not as expected, with the cause as far as it shows; empty when all is well. */
  readonly problems: string[];
}

/** Compares every GPU node with its pool. */
export function gpuCapacityVerdict(expected: GpuExpectation, seen: GpuSnapshot): GpuVerdict {
  const assigned = assignNodes(expected, seen.nodes.filter(isGpuNode));
  const slices = [...assigned.values()]
    .flat()
    .filter((node) => !lost(node))
    .map((node): [string, number] => [nameOf(node), reported(node)]);
  const problems = expected.pools.flatMap((pool) => {
    const nodes = assigned.get(pool.name) ?? [];
    const heard = nodes.filter((node) => !lost(node));
    const silent = heard.length < pool.count ? nodes.flatMap((node) => lost(node) ?? []) : [];
    const wrong = heard.flatMap((node) => {
      const what = difference(pool, node);
      return what === undefined ? [] : [`node ${nameOf(node)} ${what}: ${causeOnNode(pool, node, expected, seen)}`];
    });
    const missing = nodes.length < pool.count ? [tooFewNodes(pool, nodes, expected)] : [];
    return [...silent, ...wrong, ...missing];
  });
  return { slices: Object.fromEntries(slices.sort(([a], [b]) => a.localeCompare(b))), problems };
}

/**
 * Finds the pool of each GPU node: by the pool's labels where it has some, else by the node's config key and its number
 * of GPUs. What is left goes to pools that lack nodes, where it shows up as wrong.
 */
function assignNodes(expected: GpuExpectation, gpuNodes: readonly AnyObject[]): Map<string, AnyObject[]> {
  const left = new Set(gpuNodes);
  const assigned = new Map<string, AnyObject[]>(expected.pools.map((pool) => [pool.name, []]));
  const take = (pool: GpuPool, fits: (node: AnyObject) => boolean, most = Infinity) => {
    for (const node of left) {
      const taken = assigned.get(pool.name) ?? [];
      if (taken.length >= most || !fits(node)) continue;
      taken.push(node);
      left.delete(node);
    }
  };
  const byLabels = expected.pools.toSorted((a, b) => Object.keys(b.labels).length - Object.keys(a.labels).length);
  for (const pool of byLabels) {
    if (Object.keys(pool.labels).length > 0) take(pool, (node) => hasLabels(node, pool.labels));
    else take(pool, (node) => keyOf(node, expected) === pool.configKey && physicalGpus(node) === pool.gpusPerNode);
  }
  for (const pool of expected.pools.filter(({ labels }) => Object.keys(labels).length === 0))
    take(pool, (node) => keyOf(node, expected) === pool.configKey || expected.pools.length === 1, pool.count);
  return assigned;
}

function tooFewNodes(pool: GpuPool, nodes: readonly AnyObject[], { defaultKey }: GpuExpectation): string {
  const labels = { ...pool.labels, ...(pool.configKey !== defaultKey && { [configLabel]: pool.configKey }) };
  const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const hint =
    wanted.length > 0
      ? `its nodes need ${wanted.length === 1 ? "the label" : "the labels"} ${wanted.join(" ")} (kubectl label node NAME ${wanted.join(" ")})`
      : `a node counts once node-feature-discovery labelled it ${pciLabels[0] ?? ""}=true; is a node missing, or its taint not tolerated?`;
  return `pool ${pool.name} has ${nodes.length} of ${pool.count} GPU nodes: ${hint}`;
}

/** How a node differs from its pool; undefined where it does not. Slices of the right number can still be those of MPS. */
function difference({ gpusPerNode, slicesPerNode }: GpuPool, node: AnyObject): string | undefined {
  if (reported(node) !== slicesPerNode)
    return `reports ${reported(node)} ${gpuResource}, expected ${slicesPerNode} (${gpusPerNode} x ${slicesPerNode / gpusPerNode})`;
  return sharesByMps(node) ? `reports ${reported(node)} ${gpuResource} by MPS, expected time-slicing` : undefined;
}

/** The first cause that fits, in the order in which the parts depend on each other. */
function causeOnNode(pool: GpuPool, node: AnyObject, expected: GpuExpectation, seen: GpuSnapshot): string {
  const { namespace, configMap } = expected;
  const policy = seen.clusterPolicy;
  const config = seen.configMaps.find((candidate) => candidate.metadata?.namespace === namespace);
  const missing = configMapFault(configMap, namespace, seen.configMaps) ?? (policy ? undefined : missingPolicy());
  if (missing || !config) return missing?.text ?? "";
  const { name } = pluginConfigOf(policy);
  if (name !== configMap) return `ClusterPolicy refers to ConfigMap ${name ?? "(none)"} instead of ${configMap}`;
  const unnamed = keyFault(node, policy, config);
  if (unnamed) return unnamed.text;
  const key = configKeyOn(node, policy) ?? "";
  if (key !== pool.configKey) {
    const fix = `kubectl label --overwrite node ${nameOf(node)} ${configLabel}=${pool.configKey}`;
    return `config ${key} holds here, pool ${pool.name} wants ${pool.configKey} (${fix})`;
  }
  const fault = configTextFault(config, key, pool.slicesPerNode / pool.gpusPerNode);
  if (fault) return `${fault.text} (${fault.fix[0]?.command ?? ""}, then pulumi up --refresh)`;
  return discoveryFault(node)?.text ?? causeInPlugin(pool, node, config, seen);
}

function causeInPlugin(pool: GpuPool, node: AnyObject, configMap: AnyObject, seen: GpuSnapshot): string {
  const fault = pluginFault(node, { configMap, reported: reported(node) }, seen.pods, { events: seen.events });
  if (fault) return fault.code === "GpuResourceMissing" ? fault.text : `${fault.text}. ${fixOf(fault)}`;
  const gpus = physicalGpus(node);
  if (gpus !== undefined && gpus !== pool.gpusPerNode)
    return `it has ${gpus} GPUs, and pool ${pool.name} says ${pool.gpusPerNode}`;
  const stale = staleConfig(configMap.metadata?.namespace ?? "");
  return `${stale.text} (${stale.fix[0]?.command ?? ""})`;
}

function fixOf({ fix: [first] }: GpuFault): string {
  if (!first) return "";
  return `${first.text}${first.command === undefined ? "" : ` (${first.command})`}`;
}

function isGpuNode(node: AnyObject): boolean {
  const labels = node.metadata?.labels ?? {};
  return pciLabels.some((label) => labels[label] === "true") || "nvidia.com/gpu.count" in labels || reported(node) > 0;
}

/** What to say of a node that is not heard of: it keeps the GPUs that it last reported. Undefined for one that is. */
function lost(node: AnyObject): string | undefined {
  const { status, message = "" } = conditionOf(node, "Ready") ?? {};
  if (status !== "False" && status !== "Unknown") return undefined;
  const why = message === "" ? "" : ` (${message})`;
  return `node ${nameOf(node)} is not Ready${why}: the ${reported(node)} ${gpuResource} that it reports are from before`;
}

function reported(node: AnyObject): number {
  return gpuResources(node, "allocatable")[gpuResource] ?? 0;
}

function keyOf(node: AnyObject, { defaultKey }: GpuExpectation): string {
  return node.metadata?.labels?.[configLabel] ?? defaultKey;
}

function hasLabels(node: AnyObject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => node.metadata?.labels?.[key] === value);
}

function nameOf(object: AnyObject): string {
  return object.metadata?.name ?? "";
}
