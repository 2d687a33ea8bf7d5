import { gpuChecks } from "../../../analyzers/preflight/gpus.ts";
import { cases, node } from "./cluster.ts";

const gpuFix = "On each GPU node `lspci -d 10de:` must list the GPU; the GPU operator's gate looks again";
const pools = (...list: { name: string; count: number; gpusPerNode?: number; slicesPerNode?: number }[]) =>
  list.map((pool) => ({ gpusPerNode: 0, labels: {}, ...pool }));
const card = (product: string) =>
  node("a", { labels: { "nvidia.com/gpu.present": "true", "nvidia.com/gpu.product": product } });

describe("preflight's checks of GPUs", () => {
  cases(gpuChecks, [
    {
      title: "leave open which nodes have GPUs before anything labelled them",
      expected: { pools: pools({ name: "gpu", count: 2, gpusPerNode: 1 }) },
      finds: [
        `unknown GPUs of nodes: node-feature-discovery, which labels them, is not there before the GPU operator. ${gpuFix}`,
      ],
    },
    {
      title: "tell of too few GPU nodes once they are labelled",
      expected: { pools: pools({ name: "gpu", count: 2, gpusPerNode: 1 }) },
      seen: {
        nodes: [
          node("a", { labels: { "feature.node.kubernetes.io/pci-10de.present": "true" } }),
          node("b", { labels: { "feature.node.kubernetes.io/pci-8086.present": "true" } }),
        ],
      },
      finds: [`recommended nodes: 1 of 2 GPU nodes show an NVIDIA GPU. ${gpuFix}`],
    },
    {
      title: "tell that a GeForce card encodes video for few of the desktops that share it",
      expected: { pools: pools({ name: "gpu", count: 1, gpusPerNode: 1, slicesPerNode: 8 }) },
      seen: { nodes: [card("NVIDIA-GeForce-RTX-4090")] },
      finds: [
        "recommended nodes: these have GeForce cards: a (NVIDIA-GeForce-RTX-4090). Their driver lets 2 to 12 desktops of a node encode video " +
          "on the card at once, and up to 8 are to share it. " +
          "Lower kasm-vdi:gpu.replicasPerGpu to what the driver allows, or let further desktops encode on the processor",
      ],
    },
    {
      title: "take as many desktops on it as every driver allows",
      expected: { pools: pools({ name: "gpu", count: 1, gpusPerNode: 1, slicesPerNode: 2 }) },
      seen: { nodes: [card("NVIDIA-GeForce-RTX-4090")] },
      finds: [],
    },
    {
      title: "take any number on cards that have no such limit",
      expected: { pools: pools({ name: "gpu", count: 1, gpusPerNode: 1, slicesPerNode: 32 }) },
      seen: { nodes: [card("NVIDIA-L4")] },
      finds: [],
    },
  ]);
});
