import { quantityValue } from "../../kube/quantity.ts";
import type { AnyObject } from "../../kube/client.ts";

interface NodeStatus {
  conditions?: { type?: string; status?: string; message?: string }[];
  capacity?: Record<string, string>;
  allocatable?: Record<string, string>;
  nodeInfo?: { kubeletVersion?: string; architecture?: string };
}

interface NodeSpec {
  unschedulable?: boolean;
  taints?: { key?: string; value?: string; effect?: string }[];
}

/** One node, as far as the checks want to know it. */
export interface NodeView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Why no pod can be placed on it: not Ready, cordoned, under pressure. Empty for a node that can be used. */
  readonly obstacles: readonly string[];
  /** `key=value:NoSchedule`, those that people set. */
  readonly taints: readonly string[];
  /** `v1.35.4+k3s1` */
  readonly kubeletVersion: string;
  readonly architecture: string;
  /** What the machine has, in cores and bytes; undefined when the node does not tell. */
  readonly capacity: (resource: string) => number | undefined;
  /** What pods may take of it. */
  readonly allocatable: (resource: string) => number;
}

export function nodeView(node: AnyObject): NodeView {
  const status = (node["status"] ?? {}) as NodeStatus;
  const spec = (node["spec"] ?? {}) as NodeSpec;
  const capacity = (resource: string) => {
    const quantity = status.capacity?.[resource];
    return quantity === undefined ? undefined : amount(quantity);
  };
  return {
    name: node.metadata?.name ?? "",
    labels: node.metadata?.labels ?? {},
    obstacles: [...unready(status), ...(spec.unschedulable ? ["cordoned"] : []), ...pressures(status)],
    taints: (spec.taints ?? [])
      // The control plane taints by itself what it already says in the node's conditions.
      .filter(({ key = "", effect }) => effect !== "PreferNoSchedule" && !key.startsWith("node.kubernetes.io/"))
      .map(({ key = "", value, effect = "" }) => `${key}${value ? `=${value}` : ""}:${effect}`),
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? "",
    architecture: status.nodeInfo?.architecture ?? "",
    capacity,
    allocatable: (resource) => amount(status.allocatable?.[resource]),
  };
}

/** `1500m` -> 1.5, `2Gi` -> 2147483648; 0 without one. */
export function amount(quantity: string | undefined): number {
  return quantityValue(quantity ?? "0");
}

function unready({ conditions = [] }: NodeStatus): string[] {
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return [];
  return [ready?.message ? `not Ready: ${ready.message}` : "not Ready"];
}

function pressures({ conditions = [] }: NodeStatus): string[] {
  const kinds = ["MemoryPressure", "DiskPressure", "PIDPressure"];
  return kinds.filter((kind) => conditions.some(({ type, status }) => type === kind && status === "True"));
}
