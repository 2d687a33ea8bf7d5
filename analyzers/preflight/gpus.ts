import { check, namesOf } from "./check.ts";
import { nodeView } from "./node.ts";

/** Labels by which a node shows an NVIDIA GPU once node-feature-discovery, or the GPU operator, was there. */
const gpuLabels = [
  "feature.node.kubernetes.io/pci-10de.present",
  "feature.node.kubernetes.io/pci-0302_10de.present",
  "feature.node.kubernetes.io/pci-0300_10de.present",
  "nvidia.com/gpu.present",
];
const discoveryPrefix = "feature.node.kubernetes.io/";

/** The fewest encoders that any driver allows on a GeForce card (jellyfin#8719); newer ones allow up to 12. */
const encodersAtLeast = 2;

/** Do the nodes have the GPUs that the pools speak of, and are they fit to be shared? */
export const gpuChecks = [
  check("GPUs of nodes", ["nodes"], ({ pools }, seen) => {
    const wanted = pools.filter(({ gpusPerNode }) => gpusPerNode > 0).reduce((sum, { count }) => sum + count, 0);
    if (wanted === 0) return [];
    const nodes = seen.nodes.map(nodeView);
    const found = nodes.filter(({ labels }) => gpuLabels.some((label) => labels[label] === "true")).length;
    if (found >= wanted) return [];
    const fix = "On each GPU node `lspci -d 10de:` must list the GPU; the GPU operator's gate looks again";
    if (!nodes.some(({ labels }) => Object.keys(labels).some((key) => key.startsWith(discoveryPrefix))))
      return [
        {
          level: "unknown",
          object: "GPUs of nodes",
          problem: "node-feature-discovery, which labels them, is not there before the GPU operator",
          fix,
        },
      ];
    return [
      { level: "recommended", object: "nodes", problem: `${found} of ${wanted} GPU nodes show an NVIDIA GPU`, fix },
    ];
  }),

  check("encoders of GPUs", ["nodes"], ({ pools }, seen) => {
    const desktops = Math.max(0, ...pools.map(({ slicesPerNode = 0 }) => slicesPerNode));
    const consumer = seen.nodes
      .map(nodeView)
      .map(({ name, labels }) => ({ name, product: labels["nvidia.com/gpu.product"] ?? "" }))
      .filter(({ product }) => /geforce/i.test(product));
    if (consumer.length === 0 || desktops <= encodersAtLeast) return [];
    return [
      {
        level: "recommended",
        object: "nodes",
        problem:
          `these have GeForce cards: ${namesOf(consumer.map(({ name, product }) => `${name} (${product})`))}. Their driver lets ${encodersAtLeast} to 12 ` +
          `desktops of a node encode video on the card at once, and up to ${desktops} are to share it`,
        fix: "Lower kasm-vdi:gpu.replicasPerGpu to what the driver allows, or let further desktops encode on the processor",
      },
    ];
  }),
];
