/** Nodes of one kind. All pools of a stack together are all of its nodes. */
export interface NodePool {
  /** Unique within the stack, a DNS label: `gpu-a`. */
  readonly name: string;
  /** How many nodes the pool has; 1 or more. */
  readonly count: number;
  /** Physical GPUs in each node; 0 for a pool without GPUs. */
  readonly gpusPerNode: number;
  /** How many desktops share one GPU by time-slicing; 1 gives every desktop a whole GPU. */
  readonly replicasPerGpu: number;
  /** Labels that the pool's nodes carry beside those of K3s. They tell its nodes from those of other pools. */
  readonly labels: Readonly<Record<string, string>>;
  /** What each node offers, where it is not the smallest node of the stack. */
  readonly nodeSize?: NodeSize | undefined;
}

/** What one node offers. */
export interface NodeSize {
  readonly cpuCores: number;
  readonly memoryGiB: number;
}

/** Selects a named config of the device plugin's ConfigMap on one node; it wins over the ConfigMap's default. */
export const deviceConfigLabel = "nvidia.com/device-plugin.config";

export function nodeCount(pools: readonly NodePool[]): number {
  return sum(pools.map((pool) => pool.count));
}

export function gpuCount(pools: readonly NodePool[]): number {
  return sum(pools.map((pool) => pool.count * pool.gpusPerNode));
}

/** `nvidia.com/gpu` over the whole cluster: GPUs times the desktops that share each. */
export function gpuSlices(pools: readonly NodePool[]): number {
  return sum(pools.map((pool) => pool.count * slicesPerNode(pool)));
}

/** `nvidia.com/gpu` that every node of the pool reports. */
export function slicesPerNode(pool: NodePool): number {
  return pool.gpusPerNode * pool.replicasPerGpu;
}

export function gpuPools(pools: readonly NodePool[]): NodePool[] {
  return pools.filter((pool) => pool.gpusPerNode > 0);
}

/**
 * The factor for GPU nodes that carry no label of their own: the one that most GPU nodes want, the smaller one of
 * equals. Undefined without GPU nodes.
 */
export function defaultReplicas(pools: readonly NodePool[]): number | undefined {
  const nodes = new Map<number, number>();
  for (const { replicasPerGpu, count } of gpuPools(pools))
    nodes.set(replicasPerGpu, (nodes.get(replicasPerGpu) ?? 0) + count);
  return [...nodes].sort(([a, nodesA], [b, nodesB]) => nodesB - nodesA || a - b)[0]?.[0];
}

/** Name of the device plugin's config for a factor. It is also a label value, so it keeps to letters, digits and dashes. */
export function deviceConfigKey(replicasPerGpu: number): string {
  return replicasPerGpu === 1 ? "exclusive" : `shared-${replicasPerGpu}`;
}

/**
 * Every label that the pool's nodes have to carry: its own, and the device plugin's config where its factor is not the
 * default. The program does not know nodes by name, so K3s has to set them (`--node-label`, or `kubectl label`).
 */
export function requiredNodeLabels(pool: NodePool, pools: readonly NodePool[]): Record<string, string> {
  const isDefault = pool.gpusPerNode === 0 || pool.replicasPerGpu === defaultReplicas(pools);
  return { ...pool.labels, ...(isDefault ? {} : { [deviceConfigLabel]: deviceConfigKey(pool.replicasPerGpu) }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
