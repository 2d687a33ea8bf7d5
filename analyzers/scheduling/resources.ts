import type { Container, Node, Pod } from "../../kube/kinds.ts";
import { quantityValue } from "../../kube/quantity.ts";

/** By resource. */
export type Amounts = ReadonlyMap<string, number>;
type Sum = Map<string, number>;

/**
 * What a pod asks of its node, as the scheduler counts it: its containers all together, or its init containers one after the
 * other where one of them asks for more; those that run beside the others (restartPolicy Always) count with all that come
 * after them (pkg/api/v1/resource: PodRequests).
 */
export function podRequests({ spec }: Pod): Amounts {
  const beside: Sum = new Map();
  const most: Sum = new Map();
  for (const init of spec?.initContainers ?? []) {
    const own = requestsOf(init);
    if (init.restartPolicy === "Always") add(beside, own);
    const together = new Map(beside);
    if (init.restartPolicy !== "Always") add(together, own);
    for (const [name, value] of together) most.set(name, Math.max(most.get(name) ?? 0, value));
  }
  const all = new Map(beside);
  for (const container of spec?.containers ?? []) add(all, requestsOf(container));
  for (const [name, value] of most) all.set(name, Math.max(all.get(name) ?? 0, value));
  add(all, amountsOf(spec?.overhead));
  return all;
}

/** What pods on each node ask for together, by node and resource; `pods` counts them. Those that have ended ask for nothing. */
export function requestsByNode(pods: readonly Pod[]): ReadonlyMap<string, Amounts> {
  const found = new Map<string, Sum>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (node === undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") continue;
    const sum = found.get(node) ?? new Map<string, number>();
    add(sum, podRequests(pod));
    add(sum, new Map([["pods", 1]]));
    found.set(node, sum);
  }
  return found;
}

/** How much of a resource a node has for pods; 0 for what it has not, or does not tell as a number. */
export function allocatable({ status }: Node, resource: string): number {
  return amountOf(status?.allocatable?.[resource] ?? "0");
}

/** An amount as people write it: `150m`, `2`, `24Gi`, `512Mi`. */
export function amountText(resource: string, amount: number): string {
  if (resource === "cpu") return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1_000)}m`;
  if (resource !== "memory" && !resource.endsWith("storage") && !resource.startsWith("hugepages"))
    return String(amount);
  if (amount >= 2 ** 30) return `${trimmed(amount / 2 ** 30)}Gi`;
  return amount >= 2 ** 20 ? `${trimmed(amount / 2 ** 20)}Mi` : String(amount);
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A container without requests asks for its limits: the API server writes them so; of extended resources only those. */
function requestsOf({ resources }: Container): Amounts {
  return amountsOf({ ...resources?.limits, ...resources?.requests });
}

function amountsOf(quantities: Readonly<Record<string, string>> = {}): Amounts {
  return new Map(Object.entries(quantities).map(([name, quantity]) => [name, amountOf(quantity)]));
}

/** 0 for what is no quantity. */
export function amountOf(quantity: string): number {
  try {
    return quantityValue(quantity);
  } catch {
    return 0;
  }
}

function add(sum: Sum, more: Amounts): void {
  for (const [name, value] of more) sum.set(name, (sum.get(name) ?? 0) + value);
}
