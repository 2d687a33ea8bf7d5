import type { AnyObject } from "../../../kube/client.ts";

interface PodStatus {
  conditions?: { type: string; status: string }[];
}

/**
 * The addresses that ServiceLB publishes: of the nodes with a ready load-balancer pod, ExternalIPs when any of them has
 * one, else InternalIPs, sorted. Whether what they lead to is ready does not matter.
 *
 * @param localNodes with externalTrafficPolicy Local, the nodes that have ready endpoints
 */
export function serviceAddresses(pods: AnyObject[], nodes: AnyObject[], localNodes?: ReadonlySet<string>): string[] {
  const ready = new Set(pods.filter(isReady).map(nodeName));
  const taking = nodes.filter(({ metadata }) => {
    const name = metadata?.name ?? "";
    return ready.has(name) && (localNodes?.has(name) ?? true);
  });
  const external = taking.flatMap((node) => addressesOf(node, "ExternalIP"));
  const found = external.length > 0 ? external : taking.flatMap((node) => addressesOf(node, "InternalIP"));
  return [...new Set(found)].sort();
}

function isReady(pod: AnyObject): boolean {
  const { conditions = [] } = (pod.status ?? {}) as PodStatus;
  return (
    !pod.metadata?.deletionTimestamp && conditions.some(({ type, status }) => type === "Ready" && status === "True")
  );
}

function nodeName(pod: AnyObject): string {
  return (pod.spec as { nodeName?: string }).nodeName ?? "";
}

function addressesOf(node: AnyObject, wanted: string): string[] {
  const { addresses = [] } = (node.status ?? {}) as { addresses?: { type: string; address: string }[] };
  return addresses.filter(({ type }) => type === wanted).map(({ address }) => address);
}
