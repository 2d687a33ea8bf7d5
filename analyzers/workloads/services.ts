import type { AnyObject } from "../../kube/client.ts";

/** Why a Service cannot be reached from outside; undefined for those that are not meant to be. */
export function loadBalancerProblem({ kind, metadata, spec, status }: AnyObject): string | undefined {
  if (kind !== "Service" || (spec as { type?: string }).type !== "LoadBalancer") return undefined;
  const { ingress = [] } = (status as { loadBalancer?: { ingress?: object[] } } | undefined)?.loadBalancer ?? {};
  if (ingress.length > 0) return undefined;
  const ports = (spec as { ports?: { port: number }[] }).ports?.map(({ port }) => port).join(", ") ?? "";
  return (
    `Service ${metadata?.namespace ?? ""}/${metadata?.name ?? ""} has no address: does a load balancer such as K3s's ServiceLB ` +
    `run, and is its port (${ports}) free on a node?`
  );
}
