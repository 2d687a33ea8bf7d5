import { quantityValue } from "../../kube/quantity.ts";
import type { Node } from "../kinds.ts";
import { isReady } from "../readiness.ts";
import type { DesktopRequest } from "./request.ts";

/** Whether a desktop may run there, if there is room. */
export function isOpen(node: Node, { gpuResource, nodeSelector }: DesktopRequest): boolean {
  return (
    isReady(node) &&
    node.spec?.unschedulable !== true &&
    repellingTaints(node, gpuResource).length === 0 &&
    matches(node, nodeSelector)
  );
}

export function matches({ metadata }: Node, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
}

/** Taints that keep a desktop away, as `key=value:effect`. One that has the GPU's name does not: the desktop tolerates it. */
export function repellingTaints({ spec }: Node, gpuResource: string | undefined): string[] {
  return (spec?.taints ?? [])
    .filter(({ key, effect }) => effect !== "PreferNoSchedule" && key !== gpuResource)
    .map(({ key, value, effect }) => `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`);
}

/** How much of a resource a node has for pods; 0 for what it has not, or does not tell as a number. */
export function allocatable({ status }: Node, resource: string): number {
  return amount(status?.allocatable?.[resource]);
}

/** 0 for what is not said, or is no amount. */
export function amount(quantity: string | undefined): number {
  try {
    return quantityValue(quantity ?? "0");
  } catch {
    return 0;
  }
}

export function names(nodes: readonly Node[]): string[] {
  return nodes.map(({ metadata }) => metadata.name).sort();
}
