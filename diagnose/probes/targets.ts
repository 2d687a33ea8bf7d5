import { isIP } from "node:net";
import type { Cluster } from "../../analyzers/cluster.ts";
import { conditionOf } from "../../analyzers/conditions.ts";
import { refOf, refText } from "../../analyzers/finding.ts";
import { portNamed } from "../../analyzers/network/ports.ts";
import { ingressHosts } from "../../analyzers/traefik/ingresses.ts";
import { podsOf, traefiksIn } from "../../analyzers/traefik/installation.ts";
import { routesOf } from "../../analyzers/traefik/route.ts";
import { hostsOf } from "../../analyzers/traefik/rule.ts";
import { turnServersIn } from "../../analyzers/turn/server.ts";
import type { Node, Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";

/** A host, and where Traefik is asked for it. */
export interface HostTarget {
  /** `VDISession kasm-vdi/demo` */
  readonly about: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** Id that the gateway names in its answers; undefined where it is not asked. */
  readonly sessionId?: string;
  readonly isSession: boolean;
}

export interface PortTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface TurnTarget {
  readonly about: string;
  readonly host: string;
  readonly port: number;
  /** Whether it is meant to listen for TCP too, on the same port. */
  readonly hasTcp: boolean;
}

/** What is asked of a cluster's data plane: a few of each, for one that is broken tells of all. */
export interface ProbeTargets {
  readonly hosts: readonly HostTarget[];
  readonly ports: readonly PortTarget[];
  readonly turn: readonly TurnTarget[];
  /** Of Traefik's Service, to compare DNS with. */
  readonly gatewayAddresses: readonly string[];
}

const most = { sessions: 3, others: 3, turn: 2 };
const sessionLabel = "vdi.kasm.io/session";

export function probeTargets(cluster: Cluster): ProbeTargets {
  if (cluster.nodes.some(isSimulated)) return { hosts: [], ports: [], turn: [], gatewayAddresses: [] };
  const service = gatewayService(cluster);
  const gatewayAddresses = service ? addressesOf(service) : [];
  const [address] = gatewayAddresses;
  const port = service ? httpsPort(service) : 443;
  const at = address === undefined ? undefined : { address, port };
  return {
    hosts: at ? [...otherHosts(cluster), ...sessionHosts(cluster)].map((it) => ({ ...it, ...at })) : [],
    ports: streamPorts(cluster),
    turn: turnTargets(cluster),
    gatewayAddresses,
  };
}

/** Nothing listens at the addresses of simulated nodes, and whoever answers there is somebody else. */
function isSimulated({ metadata }: Node): boolean {
  return metadata.annotations?.["kwok.x-k8s.io/node"] !== undefined;
}

type Host = Omit<HostTarget, "address" | "port">;

function sessionHosts(cluster: Cluster): Host[] {
  const running = cluster.all("VDISession").flatMap((session): Host[] => {
    const {
      phase,
      url = "",
      podName = "",
    } = (session["status"] ?? {}) as { phase?: string; url?: string; podName?: string };
    const host = URL.canParse(url) ? new URL(url).hostname : "";
    if (phase !== "Running" || host === "") return [];
    const { namespace } = session.metadata ?? {};
    const route = cluster.get("IngressRoute", podName, namespace);
    const asks =
      route !== undefined &&
      routesOf(route).some(({ middlewares }) => middlewares.some(({ name }) => name === "session-access"));
    const id = route?.metadata?.labels?.[sessionLabel];
    return [
      { about: refText(refOf(session)), host, isSession: true, ...(asks && id !== undefined && { sessionId: id }) },
    ];
  });
  return running.slice(0, most.sessions);
}

/** Kasm's own host first: that of an Ingress or of a route that no session has. */
function otherHosts(cluster: Cluster): Host[] {
  const named = [
    ...cluster.all("Ingress").map((it) => ({ it, hosts: ingressHosts(it) })),
    ...cluster
      .all("IngressRoute")
      .filter(({ metadata }) => metadata?.labels?.[sessionLabel] === undefined)
      .map((it) => ({ it, hosts: routesOf(it).flatMap(({ match }) => hostsOf(match)) })),
  ].flatMap(({ it, hosts }) =>
    hosts.filter((host) => !host.includes("*")).map((host) => ({ about: refText(refOf(it)), host, isSession: false })),
  );
  return [...new Map(named.map((it) => [it.host, it])).values()].slice(0, most.others);
}

function gatewayService(cluster: Cluster): AnyObject | undefined {
  const labels = traefiksIn(cluster)
    .flatMap((it) => podsOf(cluster, it))
    .map(({ metadata }) => metadata);
  return cluster.all("Service").find((service) => {
    const { type, selector = {} } = (service["spec"] ?? {}) as { type?: string; selector?: Record<string, string> };
    const wanted = Object.entries(selector);
    return (
      type === "LoadBalancer" &&
      labels.some(
        (it) =>
          it.namespace === service.metadata?.namespace && wanted.every(([key, value]) => it.labels?.[key] === value),
      )
    );
  });
}

function addressesOf({ status }: AnyObject): string[] {
  const { ingress = [] } =
    (status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)?.loadBalancer ?? {};
  return ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
}

function httpsPort({ spec }: AnyObject): number {
  const { ports = [] } = (spec ?? {}) as { ports?: { name?: string; port: number }[] };
  return ports.find(({ name, port }) => name === "websecure" || port === 443)?.port ?? 443;
}

/** The stream of a few desktops; 8080 as well where the pod says that it has it. */
function streamPorts({ pods }: Cluster): PortTarget[] {
  const desktops = pods.filter(
    (pod) =>
      pod.metadata.labels?.[sessionLabel] !== undefined &&
      conditionOf(pod, "Ready")?.status === "True" &&
      pod.metadata.deletionTimestamp === undefined,
  );
  return desktops
    .slice(0, most.sessions)
    .flatMap((pod) =>
      [...new Set([portNamed(pod, "stream"), ...declared(pod).filter((it) => it === 8080)])].flatMap((port) =>
        port === undefined ? [] : [{ namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name, port }],
      ),
    );
}

function declared({ spec }: Pod): number[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
}

function turnTargets(cluster: Cluster): TurnTarget[] {
  return turnServersIn(cluster)
    .flatMap((server) => {
      const { selector, template } = server["spec"] as {
        selector?: { matchLabels?: Record<string, string> };
        template?: { spec?: { containers?: { ports?: { containerPort: number; protocol?: string }[] }[] } };
      };
      const ports = (template?.spec?.containers ?? []).flatMap((it) => it.ports ?? []);
      const port = ports.find(({ protocol }) => protocol === "UDP")?.containerPort ?? 3478;
      const hasTcp = ports.some(({ containerPort, protocol = "TCP" }) => containerPort === port && protocol === "TCP");
      const pods = cluster.podsMatching(server.metadata?.namespace ?? "", selector?.matchLabels ?? {});
      const hosts = pods
        .map(({ status }) => publicAddress(cluster, status?.hostIP ?? ""))
        .filter((it) => isIP(it) !== 0);
      return [...new Set(hosts)].map((host) => ({ about: refText(refOf(server)), host, port, hasTcp }));
    })
    .slice(0, most.turn);
}

/** Of the node that has an address: browsers come by its external one, if it has any. */
function publicAddress({ nodes }: Cluster, hostIp: string): string {
  for (const { status } of nodes) {
    const { addresses = [] } = (status ?? {}) as { addresses?: { type: string; address: string }[] };
    if (addresses.some(({ address }) => address === hostIp))
      return addresses.find(({ type }) => type === "ExternalIP")?.address ?? hostIp;
  }
  return hostIp;
}
