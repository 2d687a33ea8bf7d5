import type { AnyObject } from "../../kube/client.ts";
import { check } from "./check.ts";
import type { Expectation, ExpectedPort, Finding } from "./check.ts";
import { podView } from "./pod.ts";

/** Somebody who has a port of the nodes, or waits for it. */
interface Holder {
  readonly object: string;
  readonly namespace: string;
  readonly port: number;
  readonly protocol: string;
}

interface ServiceSpec {
  type?: string;
  ports?: { port?: number; nodePort?: number; protocol?: string }[];
}

const k3sTraefik = "Service kube-system/traefik";

/** Does nobody else hold the ports that the program needs on the nodes? */
export const portChecks = [
  check("ports of the nodes", ["services", "pods"], (expected, { services, pods }) => {
    const holders = [...services.flatMap(serviceHolders), ...pods.flatMap(podHolders)];
    const others = holders.filter((holder) => !isOurs(holder, expected));
    return expected.ports.flatMap((wanted) => {
      const clashes = Map.groupBy(
        others.filter((holder) => isIn(holder, wanted)),
        ({ object }) => object,
      );
      return [...clashes].map(([object, held]) => finding(object, held, wanted));
    });
  }),
];

function finding(object: string, held: readonly Holder[], { use, level }: ExpectedPort): Finding {
  const ports = [...new Set(held.map(({ port, protocol }) => `${protocol} ${port}`))].join(", ");
  return {
    level,
    object,
    problem: `it holds ${ports}, which ${use} needs on the nodes`,
    fix:
      object === k3sTraefik
        ? "Start every K3s server with --disable=traefik, or set kasm-vdi:traefik.mode to k3s"
        : "Remove it, or give it another port",
  };
}

// K3s's ServiceLB opens each port of a LoadBalancer Service on every node.
function serviceHolders({ metadata, ...service }: AnyObject): Holder[] {
  const { type, ports = [] } = (service["spec"] ?? {}) as ServiceSpec;
  const namespace = metadata?.namespace ?? "";
  const object = `Service ${namespace}/${metadata?.name ?? ""}`;
  return ports.flatMap(({ port, nodePort, protocol = "TCP" }) =>
    [type === "LoadBalancer" ? port : undefined, nodePort]
      .filter((number) => number !== undefined)
      .map((number) => ({ object, namespace, port: number, protocol })),
  );
}

function podHolders(pod: AnyObject): Holder[] {
  const { namespace, name, nodeName, labels, isOver, hostPorts } = podView(pod);
  // ServiceLB's own pods stand for Services, which are asked themselves.
  if (isOver || "svccontroller.k3s.cattle.io/svcname" in labels) return [];
  const object = `Pod ${namespace}/${name} on ${nodeName || "no node yet"}`;
  return hostPorts.map(({ port, protocol }) => ({ object, namespace, port, protocol }));
}

function isOurs({ object, namespace }: Holder, { namespaces, traefik }: Expectation): boolean {
  return Object.values(namespaces).includes(namespace) || (traefik === "k3s" && object === k3sTraefik);
}

function isIn(holder: Holder, { from, to, protocol }: ExpectedPort): boolean {
  return holder.protocol === protocol && holder.port >= from && holder.port <= to;
}
