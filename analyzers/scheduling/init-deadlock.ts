import type { Node, Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { openContainers } from "../containers/containers.ts";
import type { Dependency, Finding } from "../finding.ts";
import { livePods, podRef } from "../containers/pod-facts.ts";
import { isOpen } from "./open-nodes.ts";
import { placementOf, usageOf } from "./placements.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import { allocatable, amountText, podRequests } from "./resources.ts";
import { parseVerdict } from "./scheduler-verdict.ts";

/** Pods of one namespace that hold a resource of a node while they wait, and others that it has no room for. */
interface Deadlock {
  readonly node: Node;
  readonly namespace: string;
  readonly resource: string;
  /** Not ready, on the node. */
  readonly holders: readonly Pod[];
  readonly victims: readonly Pod[];
}

/**
 * Pods in their init containers ask for as much of their node as when they run, so a group whose members wait for each other
 * may never come up on a node that is too small for all: seen with Kasm on 2 CPUs, where the database found no room.
 */
export const initDeadlocks: Analyzer = {
  area: "scheduling",
  title: "Pods that wait leave room for those that they wait for",
  needs: ["Pod", "Node"],
  analyze(cluster) {
    const nodes = cluster.nodes.length;
    return {
      checked: nodes > 0 ? counted(nodes, "node") : undefined,
      findings: deadlocks(cluster).map((it) => findingOf(cluster, it)),
    };
  },
};

/** The deadlock that a pod has a part in, as what its own finding follows from. */
export function deadlockOf(cluster: Cluster, pod: Pod): Dependency[] {
  return deadlocks(cluster)
    .filter(({ holders, victims }) => holders.includes(pod) || victims.includes(pod))
    .map(({ node, namespace, resource, victims }) => ({
      object: { kind: "Node", name: node.metadata.name },
      because: victims.includes(pod)
        ? `pods of ${namespace} that wait hold the ${resource} of Node ${node.metadata.name}`
        : `pods of ${namespace} that it may wait for find no room on Node ${node.metadata.name}`,
    }));
}

const known = new WeakMap<Cluster, readonly Deadlock[]>();

function deadlocks(cluster: Cluster): readonly Deadlock[] {
  const made = known.get(cluster) ?? find(cluster);
  known.set(cluster, made);
  return made;
}

function find(cluster: Cluster): Deadlock[] {
  const pods = livePods(cluster);
  const homeless = Map.groupBy(
    pods.filter(
      (it) => it.spec?.nodeName === undefined && cluster.isOlderThan(it.metadata.creationTimestamp, graceSeconds),
    ),
    ({ metadata }) => metadata.namespace ?? "",
  );
  return [...homeless].flatMap(([namespace, waiting]) =>
    ["cpu", "memory"].flatMap((resource) => {
      const victims = waiting.filter((it) => isShortOf(it, resource));
      const [first] = victims;
      if (!first) return [];
      const choice = placementOf(cluster, first, "");
      return cluster.nodes
        .filter((node) => isOpen(node, choice))
        .flatMap((node) => {
          const there = pods.filter(
            (it) => it.metadata.namespace === namespace && it.spec?.nodeName === node.metadata.name && !isReady(it),
          );
          const isStuck = there.some((it) => waitsInInit(cluster, it)) && frees(cluster, node, there, first, resource);
          return isStuck ? [{ node, namespace, resource, holders: there, victims }] : [];
        });
    }),
  );
}

function isShortOf({ status }: Pod, resource: string): boolean {
  const said = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  const refusals = parseVerdict(said?.message ?? "")?.refusals ?? [];
  return refusals.some(({ why, what }) => why === "insufficient" && what === resource);
}

/** Its init container runs, and has had its time since the pod was made: it may have been started anew in between. */
function waitsInInit(cluster: Cluster, pod: Pod): boolean {
  const isOld = cluster.isOlderThan(pod.metadata.creationTimestamp, graceSeconds);
  return isOld && openContainers(pod).some(({ status, step }) => step !== "" && status.state?.running !== undefined);
}

/** Whether the pod would have room if those that wait were not there. */
function frees(cluster: Cluster, node: Node, there: readonly Pod[], pod: Pod, resource: string): boolean {
  const held = there.reduce((sum, it) => sum + (podRequests(it).get(resource) ?? 0), 0);
  const taken = usageOf(cluster).get(node.metadata.name)?.get(resource) ?? 0;
  return allocatable(node, resource) - taken + held >= (podRequests(pod).get(resource) ?? 0);
}

/** Whether pods that take the rest were not read. */
function isPartial(node: Node, taken: number, [first]: readonly Pod[], resource: string): boolean {
  return first !== undefined && allocatable(node, resource) - taken >= (podRequests(first).get(resource) ?? 0);
}

function findingOf(cluster: Cluster, { node, namespace, resource, holders, victims }: Deadlock): Finding {
  const { name } = node.metadata;
  const all = allocatable(node, resource);
  const taken = usageOf(cluster).get(name)?.get(resource) ?? 0;
  const text = (amount: number) => amountText(resource, amount);
  const of = (pods: readonly Pod[]) =>
    pods.map((it) => `${it.metadata.name} ${text(podRequests(it).get(resource) ?? 0)}`).sort();
  const held = holders.reduce((sum, it) => sum + (podRequests(it).get(resource) ?? 0), 0);
  const wanted = victims.reduce((sum, it) => sum + (podRequests(it).get(resource) ?? 0), 0);
  const label = resource === "cpu" ? "CPU" : "memory";
  return {
    code: "InitDeadlock",
    object: { kind: "Node", name },
    problem:
      `Node ${name} has ${text(all)} ${label} for pods and ${isPartial(node, taken, victims, resource) ? "at least " : ""}${text(taken)} of it is requested: pods of ${namespace} that are not ` +
      `ready hold ${text(held)} (${listed(of(holders), 8)}), and what they wait for finds no room (${listed(of(victims), 8)}).`,
    evidence: [
      {
        object: { kind: "Node", name },
        field: `status.allocatable.${resource}`,
        value: node.status?.allocatable?.[resource] ?? "",
      },
      ...victims.map((it) => ({
        object: podRef(it),
        field: `requests of ${resource}`,
        value: text(podRequests(it).get(resource) ?? 0),
      })),
    ],
    fix: [
      {
        text: `Give ${name} at least ${text(Math.ceil((taken + wanted) * 10) / 10)} ${label}, or add a node: waiting does not end this.`,
        risk: "manual",
      },
      { text: "Or ask for less in the values of the chart.", risk: "manual" },
    ],
  };
}
