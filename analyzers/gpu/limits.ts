import type { Node } from "../../kube/kinds.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { gpuResource, gpuResources, labelOf } from "./node.ts";
import { readyGpuNodes } from "./setup.ts";

/** What keeps desktops from GPUs that are offered. */
export const gpuLimits: Analyzer = {
  area: "gpu",
  title: "Desktops may use the GPUs that are offered",
  needs: ["Node", "VDITemplate"],
  analyze(cluster) {
    const nodes = readyGpuNodes(cluster).filter((node) => Object.keys(gpuResources(node, "capacity")).length > 0);
    return {
      checked: nodes.length > 0 ? counted(nodes.length, "GPU node") : undefined,
      findings: nodes.flatMap((node) => [...tainted(cluster, node), ...consumerCard(node)]),
    };
  },
};

function tainted(cluster: Cluster, node: Node): Finding[] {
  if (cluster.all("VDITemplate").length === 0) return [];
  const object = refOf({ ...node, kind: "Node" });
  const repelling = (node.spec?.taints ?? []).filter(
    // Taints of the node's own state are told as what they stand for.
    ({ key, effect }) =>
      effect !== "PreferNoSchedule" && key !== gpuResource && !/^node\.(?:kubernetes|cloudprovider)/.test(key),
  );
  return repelling.map(({ key, value = "", effect }) => ({
    code: "GpuTaintNotTolerated",
    object,
    problem: `Node ${object.name} has GPUs, and its taint ${key}${value === "" ? "" : `=${value}`}:${effect} keeps desktops away: they tolerate ${gpuResource} alone.`,
    evidence: [{ object, field: "spec.taints", value: `${key}${value === "" ? "" : `=${value}`}:${effect}` }],
    fix: [
      {
        text: `Take it off, or put the taint ${gpuResource} in its place.`,
        command: `kubectl taint node ${object.name} ${key}:${effect}- && kubectl taint node ${object.name} ${gpuResource}=present:NoSchedule`,
        risk: "manual",
      },
    ],
  }));
}

// The fewest that any driver allows (jellyfin#8719).
const encodersAtLeast = 2;

function consumerCard(node: Node): Finding[] {
  const product = labelOf(node, "nvidia.com/gpu.product") ?? "";
  const slices = gpuResources(node, "capacity")[gpuResource] ?? 0;
  if (!/geforce/i.test(product) || slices <= encodersAtLeast) return [];
  const object = refOf({ ...node, kind: "Node" });
  return [
    {
      code: "GpuEncoderLimit",
      object,
      problem: `Node ${object.name} has a ${product} and offers ${slices} slices, but its driver lets only few of them encode video on the card at once.`,
      evidence: [{ object, field: "metadata.labels[nvidia.com/gpu.product]", value: product }],
      fix: [
        {
          text: "Lower gpu.replicasPerGpu to what the driver allows, or let further desktops encode on the processor.",
          risk: "manual",
        },
      ],
    },
  ];
}
