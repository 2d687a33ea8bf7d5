import type { Cluster } from "../../analyzers/cluster.ts";
import { refOf, refText } from "../../analyzers/finding.ts";
import { podsBehind } from "../../analyzers/network/service.ts";
import type { Service } from "../../analyzers/network/service.ts";
import { portNamed } from "../../analyzers/network/ports.ts";
import { closedBy } from "../../analyzers/network/policy.ts";
import type { Pod } from "../../kube/kinds.ts";

/** A Service, as pods inside the cluster reach it. */
export interface InsideTarget {
  /** `Service kasm/kasm-db` */
  readonly about: string;
  readonly address: string;
  readonly port: number;
}

const wanted: readonly ((service: Service) => boolean)[] = [
  ({ metadata }) => metadata.name === "traefik",
  // Of Kasm's chart: PostgreSQL.
  ({ spec }) => spec?.ports?.some(({ port }) => port === 5_432) === true,
  ({ metadata }) => metadata.namespace === "kasm-vdi-system",
];

/**
 * Traefik, Kasm's database, and the operator with its gateway: those that the cluster's NetworkPolicies let a pod like this one
 * reach, and that have pods. What a policy closes on purpose is no fault.
 */
export function insideTargets(cluster: Cluster, from: Pod): InsideTarget[] {
  const services = cluster.all("Service") as readonly Service[];
  return wanted.flatMap((isWanted) => services.filter(isWanted)).flatMap((it) => targetOf(cluster, it, from) ?? []);
}

function targetOf(cluster: Cluster, service: Service, from: Pod): InsideTarget | undefined {
  const { clusterIP, ports = [] } = service.spec ?? {};
  const port =
    ports.find(({ name }) => name === "websecure") ?? ports.find(({ protocol = "TCP" }) => protocol === "TCP");
  const [to] = podsBehind(cluster, service);
  // A headless Service has no address of its own.
  const address = clusterIP === "None" ? to?.status?.podIP : clusterIP;
  if (!port || !to || address === undefined || address === "") return undefined;
  const isClosed = closedBy(cluster, { from, to, protocol: "TCP", port: portOf(to, port.targetPort ?? port.port) });
  return isClosed ? undefined : { about: refText(refOf({ ...service, kind: "Service" })), address, port: port.port };
}

function portOf(pod: Pod, target: number | string): number {
  if (typeof target === "number") return target;
  return portNamed(pod, target) ?? 0;
}
