import { quantityValue } from "../../kube/quantity.ts";
import type { AnyObject, KubeObject } from "../../kube/object.ts";

export const gpuResource = "nvidia.com/gpu";
/** By which a node chooses its config of the device plugin. */
export const configLabel = "nvidia.com/device-plugin.config";

/** 10de is NVIDIA's PCI vendor id; node-feature-discovery puts the class before it or not, as configured. */
export const pciLabels = ["pci-10de", "pci-0302_10de", "pci-0300_10de"].map(
  (id) => `feature.node.kubernetes.io/${id}.present`,
);

export function labelOf({ metadata }: KubeObject, name: string): string | undefined {
  return metadata?.labels?.[name];
}

export function hasCard(node: KubeObject): boolean {
  return (
    pciLabels.some((label) => labelOf(node, label) === "true") || labelOf(node, "nvidia.com/gpu.present") === "true"
  );
}

/** GPUs as feature discovery counted them; undefined before it did. */
export function physicalGpus(node: KubeObject): number | undefined {
  const count = labelOf(node, "nvidia.com/gpu.count");
  return count === undefined ? undefined : Number(count);
}

/** As feature discovery read it from the config that the plugin runs with. */
export function sharesByMps(node: KubeObject): boolean {
  return labelOf(node, "nvidia.com/gpu.sharing-strategy") === "mps";
}

/** NVIDIA's extended resources of a node, by name; those of which there are none are left out. */
export function gpuResources(node: KubeObject | AnyObject, of: "capacity" | "allocatable"): Record<string, number> {
  const { status } = node as { status?: Record<string, Record<string, string> | undefined> };
  const all = Object.entries(status?.[of] ?? {}).filter(([name]) => name.startsWith("nvidia.com/"));
  return Object.fromEntries(all.map(([name, text]) => [name, countOf(text)] as const).filter(([, count]) => count > 0));
}

export function isGpuNode(node: KubeObject): boolean {
  return hasCard(node) || physicalGpus(node) !== undefined || Object.keys(gpuResources(node, "capacity")).length > 0;
}

function countOf(text: string): number {
  try {
    return quantityValue(text);
  } catch {
    return 0;
  }
}
