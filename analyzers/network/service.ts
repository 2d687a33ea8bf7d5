import { isReady } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import type { Cluster } from "../cluster.ts";
import { isPodOver } from "../containers/pod-progress.ts";

/** The fields of core/v1 Service that are read here. */
export interface Service extends AnyObject {
  metadata: ObjectMeta & { name: string; namespace: string };
  spec?: {
    type?: string;
    clusterIP?: string;
    selector?: Record<string, string> | null;
    ports?: ServicePort[];
  };
}

export interface ServicePort {
  name?: string;
  port: number;
  protocol?: string;
  targetPort?: number | string;
}

interface EndpointSlice extends AnyObject {
  endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

export function servicesIn(cluster: Cluster, namespaces: ReadonlySet<string>): Service[] {
  return (cluster.all("Service") as readonly Service[]).filter(({ metadata }) => namespaces.has(metadata.namespace));
}

export function serviceNamed(cluster: Cluster, namespace: string, name: string): Service | undefined {
  return cluster.get("Service", name, namespace) as Service | undefined;
}

/** The labels that a Service selects pods by; undefined where its endpoints are written by somebody else. */
export function selectorOf({ spec }: Service): Record<string, string> | undefined {
  const { selector } = spec ?? {};
  return selector && Object.keys(selector).length > 0 ? selector : undefined;
}

/** Pods that a Service selects, but for those that have ended or are going. */
export function podsBehind(cluster: Cluster, service: Service): Pod[] {
  const selector = selectorOf(service);
  if (!selector) return [];
  return cluster.podsMatching(service.metadata.namespace, selector).filter((it) => !isPodOver(it));
}

/** How many addresses of a Service take requests; undefined where that could not be read. */
export function readyEndpoints(cluster: Cluster, service: Service): number | undefined {
  const { name, namespace } = service.metadata;
  const slices = (cluster.all("EndpointSlice") as readonly EndpointSlice[]).filter(
    ({ metadata }) => metadata?.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === name,
  );
  if (slices.length > 0)
    // Of an unknown state the API says to take it for ready.
    return slices.flatMap(({ endpoints }) => endpoints ?? []).filter((it) => it.conditions?.ready !== false).length;
  if (selectorOf(service) && cluster.isSeen("Pod")) return podsBehind(cluster, service).filter(isReady).length;
  return cluster.isSeen("EndpointSlice") ? 0 : undefined;
}
