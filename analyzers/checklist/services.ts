import { counted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Cluster } from "../cluster.ts";
import { loadBalancerProblem } from "../workloads/services.ts";
import { checkedItem, notSeen } from "./item.ts";
import type { ChecklistItem } from "./item.ts";

const title = "Services exposed";

/** Every Service has a cluster IP; of use is one that leads to a pod that is ready, and a LoadBalancer that has an address. */
export function servicesExposed(cluster: Cluster, namespace: string): ChecklistItem {
  const unread = ["Service", "EndpointSlice"].filter((kind) => !cluster.isSeen(kind));
  if (unread.length > 0) return notSeen(title, `could not read ${unread.join(", ")}`);
  const services = cluster.all("Service").filter(({ metadata }) => metadata?.namespace === namespace);
  if (services.length === 0) return checkedItem(title, "0 services", [`Namespace ${namespace} has no services.`]);
  const problems = services.flatMap((service) => {
    const closed = loadBalancerProblem(service);
    return [...(closed === undefined ? [] : [closed]), ...(leadsNowhere(cluster, service) ?? [])];
  });
  return checkedItem(title, counted(services.length, "service"), problems);
}

function leadsNowhere(cluster: Cluster, { metadata, spec }: AnyObject): string[] | undefined {
  const { type, selector } = spec as { type?: string; selector?: Record<string, string> };
  // Endpoints of a Service without a selector are somebody else's.
  if (type === "ExternalName" || selector === undefined) return undefined;
  const [namespace = "", name = ""] = [metadata?.namespace, metadata?.name];
  if (readyEndpoints(cluster, namespace, name) > 0) return undefined;
  const pods = cluster.podsMatching(namespace, selector).length;
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const why =
    pods === 0 ? `no pod has its labels (${labels.join(",")})` : `none of its ${counted(pods, "pod")} is ready`;
  return [`Service ${namespace}/${name} leads nowhere: ${why}.`];
}

/** Addresses behind a Service that take requests. */
export function readyEndpoints(cluster: Cluster, namespace: string, service: string): number {
  const slices = cluster
    .all("EndpointSlice")
    .filter(
      ({ metadata }) =>
        metadata?.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === service,
    );
  const endpoints = slices.flatMap((it) => (it["endpoints"] ?? []) as { conditions?: { ready?: boolean } }[]);
  // The API takes `ready` that is not said for true.
  return endpoints.filter(({ conditions }) => conditions?.ready !== false).length;
}
