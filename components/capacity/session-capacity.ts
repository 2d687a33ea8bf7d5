import { fittingCopies, none, placed } from "./demand.ts";
import type { Demand } from "./demand.ts";
import { kasmPods } from "../kasm-workspaces/demand.ts";
import { freeNodes } from "../kasm-workspaces/sizing.ts";
import type { KasmSizing } from "../kasm-workspaces/sizing.ts";
import { gpuSlices, slicesPerNode } from "./node-pool.ts";
import type { NodePool, NodeSize } from "./node-pool.ts";

// The kubelet's default of 110 less what K3s, the GPU operator and this program run on a node.
const desktopsPerNode = 90;

/**
 * How many desktops of the default template really fit at once: by GPU slices (where there are GPUs), and by the CPU,
 * memory and pods that Kasm's services leave on each node.
 *
 * @param smallest node of pools that do not say their own size
 * @param desktop requests of the default template
 */
export function sessionCapacity(
  pools: readonly NodePool[],
  smallest: NodeSize,
  sizing: KasmSizing,
  desktop: Demand,
): number {
  const slices = pools.flatMap((pool) => Array.from({ length: pool.count }, () => slicesPerNode(pool)));
  const nodes = pools.flatMap(({ count, nodeSize = smallest }) => freeNodes(count, nodeSize));
  const left = placed(kasmPods(sizing), nodes);
  if (!left) return 0;
  const hasGpus = gpuSlices(pools) > 0;
  return slices.reduce((sum, here, node) => {
    const fitting = Math.min(desktopsPerNode, fittingCopies(left[node] ?? none, desktop));
    return sum + (hasGpus ? Math.min(here, fitting) : fitting);
  }, 0);
}
