import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { Cluster } from "../cluster.ts";
import { includesAddress } from "./address-range.ts";

/** The fields of networking.k8s.io/v1 NetworkPolicy that are read here. */
export interface NetworkPolicy extends AnyObject {
  metadata: ObjectMeta & { name: string; namespace: string };
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: Peer[]; ports?: PolicyPort[] }[];
    egress?: { to?: Peer[]; ports?: PolicyPort[] }[];
  };
}

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface PolicyPort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

/** A way from one pod to another. */
export interface Way {
  readonly from: Pod;
  readonly to: Pod;
  readonly protocol: "TCP" | "UDP";
  /** Of the pod, after the Service's translation. */
  readonly port: number;
}

/**
 * The policies that together keep a way closed: those that select one of its ends, when none of them opens it. Undefined
 * where it is open. Rules as in the API's own words: who is selected by no policy is open, and each policy only opens.
 */
export function closedBy(cluster: Cluster, way: Way): NetworkPolicy[] | undefined {
  return closedAt(cluster, way, "Egress") ?? closedAt(cluster, way, "Ingress");
}

function closedAt(cluster: Cluster, way: Way, direction: "Egress" | "Ingress"): NetworkPolicy[] | undefined {
  const [own, other] = direction === "Egress" ? [way.from, way.to] : [way.to, way.from];
  const selecting = policiesOf(cluster, own).filter(({ spec = {} }) => typesOf(spec).includes(direction));
  if (selecting.length === 0) return undefined;
  const opens = selecting.some(({ metadata, spec = {} }) => {
    const rules =
      direction === "Egress"
        ? (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
        : (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    return rules.some(
      ({ peers, ports }) =>
        (peers?.length ? peers.some((it) => isPeer(cluster, it, other, metadata.namespace)) : true) &&
        (ports?.length ? ports.some((it) => isPort(it, way)) : true),
    );
  });
  return opens ? undefined : selecting;
}

function policiesOf(cluster: Cluster, { metadata }: Pod): NetworkPolicy[] {
  const { namespace = "", labels = {} } = metadata;
  const keys = ["", ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)];
  const index = indexOf(cluster);
  return keys
    .flatMap((key) => index.get(`${namespace} ${key}`) ?? [])
    .filter(({ spec }) => selects(spec?.podSelector ?? {}, labels));
}

type Index = ReadonlyMap<string, NetworkPolicy[]>;
const indices = new WeakMap<Cluster, Index>();

/** By namespace and one label that a pod must have: each session brings a policy and a pod, so that all by all is too much. */
function indexOf(cluster: Cluster): Index {
  const known = indices.get(cluster);
  if (known) return known;
  const index = Map.groupBy(cluster.all("NetworkPolicy") as readonly NetworkPolicy[], ({ metadata, spec }) => {
    const [label] = Object.entries(spec?.podSelector?.matchLabels ?? {});
    return `${metadata.namespace} ${label ? `${label[0]}=${label[1]}` : ""}`;
  });
  indices.set(cluster, index);
  return index;
}

function typesOf({ policyTypes, egress }: NonNullable<NetworkPolicy["spec"]>): readonly string[] {
  return policyTypes ?? ["Ingress", ...(egress ? ["Egress"] : [])];
}

function isPeer(cluster: Cluster, { podSelector, namespaceSelector, ipBlock }: Peer, pod: Pod, own: string): boolean {
  if (ipBlock) {
    const address = pod.status?.podIP;
    // What cannot be told is no fault.
    if (address === undefined) return true;
    const isIn = (range: string) => includesAddress(range, address);
    return isIn(ipBlock.cidr) && !(ipBlock.except ?? []).some(isIn);
  }
  const { namespace = "", labels } = pod.metadata;
  const isNamespace = namespaceSelector
    ? selects(namespaceSelector, labelsOfNamespace(cluster, namespace))
    : namespace === own;
  return isNamespace && selects(podSelector ?? {}, labels);
}

function labelsOfNamespace(cluster: Cluster, name: string): Record<string, string> {
  // Kubernetes itself sets this label on every namespace.
  return { "kubernetes.io/metadata.name": name, ...cluster.get("Namespace", name)?.metadata?.labels };
}

function isPort({ protocol = "TCP", port, endPort }: PolicyPort, way: Way): boolean {
  if (protocol !== way.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "string")
    return (way.to.spec?.containers ?? []).some(({ ports = [] }) =>
      ports.some((it) => it.name === port && it.containerPort === way.port),
    );
  return port === way.port || (endPort !== undefined && way.port >= port && way.port <= endPort);
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Record<string, string> = {},
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => ownValue(labels, key) === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = ownValue(labels, key);
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return true;
      }
    })
  );
}
