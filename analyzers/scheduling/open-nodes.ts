import type { Node, Taint } from "../../kube/kinds.ts";
import { isReady } from "../readiness.ts";
import { repellingTaints } from "./taints.ts";

/** What a pod asks of a node apart from room on it. */
export interface NodeChoice {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly isTolerated: (taint: Taint) => boolean;
}

/** Whether a pod may run there, if there is room. */
export function isOpen(node: Node, { nodeSelector, isTolerated }: NodeChoice): boolean {
  return (
    isReady(node) &&
    node.spec?.unschedulable !== true &&
    repellingTaints(node, isTolerated).length === 0 &&
    hasLabels(node, nodeSelector)
  );
}

export function hasLabels({ metadata }: Node, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
}

export function namesOf(nodes: readonly Node[]): string[] {
  return nodes.map(({ metadata }) => metadata.name).sort();
}
