import { fittingCopies, placed } from "../capacity/demand.ts";
import type { Demand } from "../capacity/demand.ts";
import { initJobDemand, kasmPods, presetCopies } from "./demand.ts";
import type { NodeSize } from "../capacity/node-pool.ts";

/** Sizes that the kasm-helm chart knows (`deploymentSize`). */
export type DeploymentSize = "small" | "medium" | "large";

/** How large Kasm's own services are made. */
export interface KasmSizing {
  readonly deploymentSize: DeploymentSize;
  /** Copies of proxy, API and manager each. The database has always one. */
  readonly replicas: number;
  /** True when even the small preset leaves no room for a desktop: requests are then lowered, limits stay as the chart has them. */
  readonly isCompact: boolean;
}

// Kept free on every node for K3s itself, its packaged components and what the nodes run beside Kasm.
const reservedPerNode: Demand = { cpuMillis: 500, memoryMiB: 1024 };

/** What pods may use of each node. */
export function freeNodes(nodes: number, { cpuCores, memoryGiB }: NodeSize): Demand[] {
  const free = {
    cpuMillis: cpuCores * 1000 - reservedPerNode.cpuMillis,
    memoryMiB: memoryGiB * 1024 - reservedPerNode.memoryMiB,
  };
  return Array.from({ length: nodes }, () => free);
}

/**
 * Whether the nodes can hold Kasm in a size beside K3s and one desktop, pod by pod.
 *
 * @param desktop what the desktop requests; before it comes the Job that fills the database
 */
export function sizeFits(sizing: KasmSizing, nodes: number, nodeSize: NodeSize, desktop: Demand): boolean {
  const free = freeNodes(nodes, nodeSize);
  const pods = kasmPods(sizing);
  // Desktops come when Kasm's pods have their places.
  const left = placed(pods, free);
  return (
    left?.some((node) => fittingCopies(node, desktop) > 0) === true &&
    placed([...pods, initJobDemand], free) !== undefined
  );
}

/**
 * Picks the largest preset that leaves half of the cluster to desktops, or takes the wanted one. Two nodes and more get
 * two copies of what can have copies, so that one node may go down.
 */
export function kasmSizing(nodes: number, nodeSize: NodeSize, desktop: Demand, wanted?: DeploymentSize): KasmSizing {
  const half = Math.floor(nodes / 2);
  const sized = (deploymentSize: DeploymentSize, on: number): KasmSizing => ({
    deploymentSize,
    // Two copies on one node survive nothing together, and their disruption budget would hold up its drain for ever.
    replicas: Math.min(on, Math.max(presetCopies(deploymentSize), Math.min(2, on))),
    isCompact: false,
  });
  const roomy = (["large", "medium"] as const).find((size) => sizeFits(sized(size, half), half, nodeSize, desktop));
  const sizing = sized(wanted ?? roomy ?? "small", nodes);
  return { ...sizing, isCompact: wanted === undefined && !sizeFits(sizing, nodes, nodeSize, desktop) };
}
