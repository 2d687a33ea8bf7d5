import type { AnyObject } from "../../kube/client.ts";
import { check, namesOf } from "./check.ts";
import type { Snapshot } from "./check.ts";
import { podView } from "./pod.ts";

const stockPort = 6443;

/** What enforces NetworkPolicies where K3s does not, by the names of its pods. */
const policyEnforcers = /^(?:calico|canal|cilium|antrea|kube-router|weave-net|kube-ovn|ovnkube|tigera|romana)/;

/** What gives addresses to LoadBalancer Services where ServiceLB does not, by the names of its pods. */
const addressGivers =
  /metallb|kube-vip|purelb|openelb|cilium|cloud-controller-manager|-ccm-|nsx|loxilb|load-?balancer|ingress-lb/;

/** How K3s's servers were started, where that takes away what the program builds on. */
export const k3sFlagChecks = [
  // A policy sees addresses after the Service's translation: the port is the one that the server listens at.
  check("port of the API server", ["nodes", "apiEndpoints"], ({ apiServerPort }, seen) => {
    const others = apiPorts(seen).filter((port) => port !== apiServerPort);
    if (apiServerPort === undefined || others.length === 0) return [];
    return [
      {
        level: "required",
        object: "API server",
        problem: `it listens at port ${namesOf(others.map(String))}, and the program's NetworkPolicies open ${apiServerPort} alone: its operators would not reach it`,
        fix: `Set kasm-vdi:apiServerPort to ${others[0] ?? ""}`,
      },
    ];
  }),

  check("network policies", ["nodes", "pods"], (_expected, { nodes, pods }) => {
    const without = nodes.filter((node) => isOn(node, "disable-network-policy"));
    const enforcer = pods.map(podView).find(({ name, isReady }) => isReady && policyEnforcers.test(name));
    if (without.length === 0 || enforcer) return [];
    return [
      {
        level: "recommended",
        object: "K3s",
        problem:
          `it runs with --disable-network-policy (${namesOf(without.map(nameOf))}), and no other enforcer of NetworkPolicies is known: ` +
          "desktops could reach each other, Kasm's database and the nodes",
        fix: "Start every K3s server without that flag, or install a network plugin that enforces them, such as Calico or Cilium",
      },
    ];
  }),

  check("addresses of LoadBalancers", ["nodes", "pods", "services"], ({ traefik }, seen) => {
    if (traefik !== "own" || !hasNoServiceLb(seen.nodes) || isGivenAddresses(seen)) return [];
    return [
      {
        level: "required",
        object: "LoadBalancer Services",
        problem:
          "K3s runs with --disable=servicelb, and nothing else is known that gives them addresses: the program's Traefik would wait for one for ever",
        fix: "Start every K3s server without --disable=servicelb, or install a load balancer such as MetalLB first",
      },
    ];
  }),
];

/** Whether a K3s server was started without ServiceLB. */
export function hasNoServiceLb(nodes: readonly AnyObject[]): boolean {
  return nodes.some((node) =>
    optionsOf(node, "disable").some((names) =>
      names
        .split(",")
        .map((it) => it.trim())
        .includes("servicelb"),
    ),
  );
}

function isGivenAddresses({ pods, services }: Pick<Snapshot, "pods" | "services">): boolean {
  const given = services.some(({ status }) => {
    const { loadBalancer } = (status ?? {}) as { loadBalancer?: { ingress?: unknown[] } };
    return (loadBalancer?.ingress ?? []).length > 0;
  });
  return given || pods.map(podView).some(({ name, namespace }) => addressGivers.test(`${namespace}/${name}`));
}

/** As the servers say themselves; without their words, as the endpoints of default/kubernetes have it. */
function apiPorts({ nodes, apiEndpoints }: Pick<Snapshot, "nodes" | "apiEndpoints">): number[] {
  const servers = nodes.filter((node) => argsOf(node)[0] === "server");
  const said = servers.map((node) => {
    const [port] = [...optionsOf(node, "advertise-port"), ...optionsOf(node, "https-listen-port")];
    return Number(port ?? stockPort);
  });
  const { ports = [] } = (apiEndpoints ?? {}) as { ports?: { name?: string; port?: number }[] };
  const endpoints = ports.flatMap(({ port }) => port ?? []);
  return [...new Set(said.length > 0 ? said : endpoints)].filter((port) => port > 0);
}

function isOn(node: AnyObject, flag: string): boolean {
  return optionsOf(node, flag).some((value) => value !== "false");
}

/** Values of an option of K3s's command line, `--name value` or `--name=value`; `true` for a flag alone. */
function optionsOf(node: AnyObject, name: string): string[] {
  const args = argsOf(node);
  return args.flatMap((arg, index) => {
    const [option, value] = /^--?([^=]+)=(.*)$/.exec(arg)?.slice(1) ?? [arg.replace(/^--?/, "")];
    if (!arg.startsWith("-") || option !== name) return [];
    const next = args[index + 1];
    return [value ?? (next === undefined || next.startsWith("-") ? "true" : next)];
  });
}

/** How K3s was started on a node: it writes that into an annotation (k3s-io/k3s: pkg/nodeconfig). */
function argsOf({ metadata }: AnyObject): string[] {
  try {
    const args: unknown = JSON.parse(metadata?.annotations?.["k3s.io/node-args"] ?? "[]");
    return Array.isArray(args) ? args.map(String) : [];
  } catch {
    return [];
  }
}

function nameOf({ metadata }: AnyObject): string {
  return metadata?.name ?? "";
}
