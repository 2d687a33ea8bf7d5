import { counted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Cluster } from "../cluster.ts";
import { checkedItem, notSeen } from "./item.ts";
import type { ChecklistItem } from "./item.ts";
import { readyEndpoints } from "./services.ts";

const title = "Ingress configured";

/** A host with what it leads to. */
export interface Route {
  /** `Ingress kasm/kasm-proxy` */
  readonly object: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly services: readonly string[];
}

/** Routes of a namespace: Traefik reads Ingresses and IngressRoutes, and `kubectl get ingress` shows only the first. */
export function routesOf(cluster: Cluster, namespace: string): Route[] {
  const of = (kind: string) => cluster.all(kind).filter(({ metadata }) => metadata?.namespace === namespace);
  return [...of("Ingress").map(ofIngress), ...of("IngressRoute").map(ofIngressRoute)];
}

/** At least one host leads to a Service with pods behind it, and none leads to a Service that is not there. */
export function ingressConfigured(cluster: Cluster, namespace: string): ChecklistItem {
  const unread = ["Ingress", "IngressRoute"].filter((kind) => !cluster.isSeen(kind));
  if (unread.length > 0) return notSeen(title, `could not read ${unread.join(", ")}`);
  const routes = routesOf(cluster, namespace);
  const hosts = [...new Set(routes.flatMap(({ hosts: them }) => them))];
  if (hosts.length === 0)
    return checkedItem(title, "0 hosts", [`Namespace ${namespace} has no Ingress and no IngressRoute with a host.`]);
  const problems = routes.flatMap(({ object, services }) =>
    services.flatMap((service) => {
      if (cluster.isMissing("Service", service, namespace))
        return [`${object} leads to Service ${namespace}/${service}, which does not exist.`];
      const isEmpty = cluster.isSeen("EndpointSlice") && readyEndpoints(cluster, namespace, service) === 0;
      return isEmpty ? [`${object} leads to Service ${namespace}/${service}, which has no pod that is ready.`] : [];
    }),
  );
  return checkedItem(title, `${counted(hosts.length, "host")}: ${hosts.slice(0, 3).join(", ")}`, problems);
}

interface IngressSpec {
  rules?: { host?: string; http?: { paths?: { backend?: { service?: { name?: string } } }[] } }[];
  defaultBackend?: { service?: { name?: string } };
}

function ofIngress({ metadata, spec }: AnyObject): Route {
  const { rules = [], defaultBackend } = (spec ?? {}) as IngressSpec;
  const backends = [defaultBackend, ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend))];
  return {
    object: `Ingress ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
    namespace: metadata?.namespace ?? "",
    hosts: rules.flatMap(({ host }) => host ?? []),
    services: named(backends.map((it) => it?.service)),
  };
}

interface IngressRouteSpec {
  routes?: { match?: string; services?: { kind?: string; name?: string; namespace?: string }[] }[];
}

function ofIngressRoute({ metadata, spec }: AnyObject): Route {
  const { routes = [] } = (spec ?? {}) as IngressRouteSpec;
  const services = routes.flatMap((it) => it.services ?? []);
  const isOwn = ({ kind = "Service", namespace }: (typeof services)[number]) =>
    kind === "Service" && (namespace === undefined || namespace === metadata?.namespace);
  return {
    object: `IngressRoute ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
    namespace: metadata?.namespace ?? "",
    hosts: routes.flatMap(({ match = "" }) => [...match.matchAll(/Host\(`([^`]*)`\)/g)].map(([, host = ""]) => host)),
    services: named(services.filter(isOwn)),
  };
}

function named(services: readonly ({ name?: string } | undefined)[]): string[] {
  return [...new Set(services.flatMap((it) => it?.name ?? []))];
}
