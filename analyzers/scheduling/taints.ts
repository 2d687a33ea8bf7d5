import type { Node, Taint, Toleration } from "../../kube/kinds.ts";
import { ownValue } from "../../kube/own-value.ts";

/** What a taint says that Kubernetes itself puts on a node and takes off again (pkg/apis/core/v1/... well-known taints). */
export type Ailment = "pressure" | "uninitialized" | "unready" | "cordoned";

const ailments: Readonly<Record<string, Ailment>> = {
  "node.kubernetes.io/disk-pressure": "pressure",
  "node.kubernetes.io/memory-pressure": "pressure",
  "node.kubernetes.io/pid-pressure": "pressure",
  "node.kubernetes.io/not-ready": "unready",
  "node.kubernetes.io/unreachable": "unready",
  "node.kubernetes.io/network-unavailable": "unready",
  "node.kubernetes.io/unschedulable": "cordoned",
  "node.kubernetes.io/out-of-service": "unready",
  "node.cloudprovider.kubernetes.io/uninitialized": "uninitialized",
  "node.cloudprovider.kubernetes.io/shutdown": "unready",
};

/** undefined for a taint that people, or an installer, put there. */
export function ailmentOf({ key }: Taint): Ailment | undefined {
  return ownValue(ailments, key);
}

/** Taints that keep a pod away. */
export function repellingTaints({ spec }: Node, isTolerated: (taint: Taint) => boolean): Taint[] {
  return (spec?.taints ?? []).filter((it) => it.effect !== "PreferNoSchedule" && !isTolerated(it));
}

export function tolerates(tolerations: readonly Toleration[], { key, value = "", effect }: Taint): boolean {
  return tolerations.some((it) => {
    if (it.effect !== undefined && it.effect !== "" && it.effect !== effect) return false;
    if (it.key === undefined || it.key === "") return it.operator === "Exists";
    return it.key === key && (it.operator === "Exists" || (it.value ?? "") === value);
  });
}

/** `key=value:effect` */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`;
}
