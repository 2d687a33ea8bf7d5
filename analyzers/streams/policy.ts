import { BlockList, isIP } from "node:net";
import type { AnyObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  from?: Peer[];
  ports?: { protocol?: string; port?: number | string; endPort?: number }[];
}

interface PolicySpec {
  podSelector?: Selector;
  policyTypes?: string[];
  ingress?: Rule[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * The NetworkPolicies that keep one pod from a TCP port of another; none where it may come. Policies add up: what one of
 * them allows is allowed, and a pod that none chooses is open.
 */
export function keepingOut(cluster: Cluster, from: Pod, to: Pod, port: number): AnyObject[] {
  const chosen = cluster.all("NetworkPolicy").filter((policy) => {
    const { podSelector = {}, policyTypes = ["Ingress"] } = specOf(policy);
    return (
      policy.metadata?.namespace === to.metadata.namespace &&
      policyTypes.includes("Ingress") &&
      selects(podSelector, to.metadata.labels ?? {})
    );
  });
  const allows = (policy: AnyObject) =>
    (specOf(policy).ingress ?? []).some((rule) => hasPort(rule, to, port) && hasPeer(rule, cluster, from, to));
  return chosen.some(allows) ? [] : chosen;
}

function specOf(policy: AnyObject): PolicySpec {
  return policy["spec"] ?? {};
}

function hasPort({ ports = [] }: Rule, to: Pod, port: number): boolean {
  return (
    ports.length === 0 ||
    ports.some(({ protocol = "TCP", port: allowed, endPort }) => {
      if (protocol !== "TCP") return false;
      if (allowed === undefined) return true;
      if (typeof allowed === "number") return port >= allowed && port <= (endPort ?? allowed);
      return portNamed(to, allowed) === port;
    })
  );
}

export function portNamed({ spec }: Pod, name: string): number | undefined {
  const ports = (spec?.containers ?? []).flatMap(
    (it) => (it.ports ?? []) as { name?: string; containerPort: number }[],
  );
  return ports.find((it) => it.name === name)?.containerPort;
}

function hasPeer({ from: peers = [] }: Rule, cluster: Cluster, from: Pod, to: Pod): boolean {
  return peers.length === 0 || peers.some((peer) => isPeer(peer, cluster, from, to));
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, cluster: Cluster, from: Pod, to: Pod): boolean {
  if (ipBlock) return inBlock(ipBlock, from.status?.podIP ?? "");
  const { namespace = "" } = from.metadata;
  const isNamespace = namespaceSelector
    ? // The API server labels each namespace with its name.
      selects(namespaceSelector, {
        "kubernetes.io/metadata.name": namespace,
        ...cluster.get("Namespace", namespace)?.metadata?.labels,
      })
    : namespace === to.metadata.namespace;
  return isNamespace && (!podSelector || selects(podSelector, from.metadata.labels ?? {}));
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isAmong = value !== undefined && values.includes(value);
      return operator === "In" ? isAmong : !isAmong;
    })
  );
}

function inBlock({ cidr, except = [] }: { cidr: string; except?: string[] }, address: string): boolean {
  // An address that is not known yet is not kept out by it.
  if (isIP(address) === 0) return true;
  return holds(cidr, address) && !except.some((it) => holds(it, address));
}

function holds(cidr: string, address: string): boolean {
  const [network = "", bits = ""] = cidr.split("/");
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  if (isIP(network) === 0 || (isIP(address) === 6) !== (family === "ipv6")) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
