import { selectedNodeAnnotation } from "../resources/labels.ts";
import type { Node, PersistentVolumeClaim } from "../kinds.ts";
import { hasLabels, namesOf } from "../../analyzers/scheduling/open-nodes.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { allocatable, amountOf } from "../../analyzers/scheduling/resources.ts";
import { repellingTaints, taintText } from "../../analyzers/scheduling/taints.ts";
import type { DesktopRequest } from "./request.ts";
import { listed } from "../../kube/sentences.ts";

/** Where a home was made, which with K3s's local-path is the only node that has it; undefined when nothing tells. */
export function homeNode(home: PersistentVolumeClaim | undefined): string | undefined {
  return home?.metadata.annotations?.[selectedNodeAnnotation];
}

/** Why a desktop cannot run on a node. One that lasts is in how the node is made, and no waiting helps. */
export interface Obstacle {
  /** What follows "node X": a clause. */
  readonly text: string;
  readonly lasts: boolean;
}

/** @returns undefined when nothing is known to stand against it but a lack of room at present */
export function obstacle(node: Node, request: DesktopRequest, nodes: readonly Node[]): Obstacle | undefined {
  const { gpuResource, nodeSelector } = request;
  if (gpuResource !== undefined && allocatable(node, gpuResource) === 0) {
    const offering = namesOf(nodes.filter((it) => allocatable(it, gpuResource) > 0));
    const who = offering.length === 0 ? "no node has" : `${listed(offering)} ${offering.length === 1 ? "has" : "have"}`;
    return { text: `does not have the ${gpuResource} that is asked for (${who})`, lasts: true };
  }
  const labels = Object.entries(nodeSelector).filter(([key, value]) => node.metadata.labels?.[key] !== value);
  if (!hasLabels(node, nodeSelector)) {
    const missing = listed(labels.map(([key, value]) => `${key}=${value}`));
    return { text: `does not have the label ${missing} of the template's nodeSelector`, lasts: true };
  }
  for (const resource of ["cpu", "memory"] as const) {
    const asked = request[resource];
    const there = allocatable(node, resource);
    if (there === 0 || amountOf(asked ?? "0") <= there) continue;
    const all = node.status?.allocatable?.[resource] ?? "";
    return { text: `has ${all} ${resource} in all, and ${asked ?? "more"} is asked for`, lasts: true };
  }
  if (!isReady(node)) return { text: "is not ready", lasts: false };
  if (node.spec?.unschedulable === true) return { text: "is cordoned", lasts: false };
  // A desktop with GPU tolerates the taint that has the GPU's name.
  const taints = repellingTaints(node, ({ key }) => key === gpuResource).map(taintText);
  return taints.length === 0 ? undefined : { text: `is tainted by ${listed(taints)}`, lasts: false };
}
