import type { Cluster } from "../../../analyzers/cluster.ts";
import { nodeView } from "../../../analyzers/preflight/node.ts";
import { podView } from "../../../analyzers/preflight/pod.ts";

/** How much of one resource of a node its pods hold. */
export interface Usage {
  readonly label: string;
  readonly requested: number;
  readonly allocatable: number;
  /** For people: `3.5 of 8 cores`. */
  readonly text: string;
}

export interface NodeUsage {
  readonly name: string;
  /** Why no pod can be placed on it. */
  readonly obstacles: readonly string[];
  readonly usage: readonly Usage[];
}

interface Shown {
  readonly resource: string;
  readonly label: string;
  readonly unit: string;
  readonly per: number;
}

const GiB = 2 ** 30;
const shown: readonly Shown[] = [
  { resource: "nvidia.com/gpu", label: "GPU slices", unit: "", per: 1 },
  { resource: "cpu", label: "CPU", unit: " cores", per: 1 },
  { resource: "memory", label: "Memory", unit: " GiB", per: GiB },
  { resource: "pods", label: "Pods", unit: "", per: 1 },
];

/**
 * What the scheduler counts: requests of pods that are not over against what the node gives away, not what is in use. GPUs only of
 * nodes that have them.
 */
export function nodeUsages(cluster: Cluster): NodeUsage[] {
  const held = cluster
    .all("Pod")
    .map(podView)
    .filter(({ isOver }) => !isOver);
  const byNode = Map.groupBy(held, ({ nodeName }) => nodeName);
  const views = cluster
    .all("Node")
    .map(nodeView)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return views.map(({ name, obstacles, allocatable, capacity }) => {
    const pods = byNode.get(name) ?? [];
    const usage = shown.flatMap(({ resource, label, unit, per }): Usage[] => {
      const given = allocatable(resource) / per;
      const sum = pods.reduce((total, pod) => total + (resource === "pods" ? 1 : pod.request(resource)), 0) / per;
      if (given === 0 && sum === 0 && capacity(resource) === undefined) return [];
      return [{ label, requested: sum, allocatable: given, text: `${rounded(sum)} of ${rounded(given)}${unit}` }];
    });
    return { name, obstacles, usage };
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(value < 10 ? 2 : 1));
}
