import type { Node, Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Dependency, Finding, Fix, ObjectRef } from "../finding.ts";
import { gpuResource, gpuResources } from "./node.ts";
import { configDependencies, gpuRequest, gpuSetup, readyGpuNodes, waitingForGpu, waitingPods } from "./setup.ts";

/** What all GPU slices of a cluster are named by. */
export function slicesRef(resource: string): ObjectRef {
  return { kind: "Resource", name: resource };
}

/** A desktop that waits for a slice can have one. */
export const gpuUsage: Analyzer = {
  area: "gpu",
  title: "GPU slices are free",
  needs: ["Node", "Pod"],
  analyze(cluster) {
    const nodes = readyGpuNodes(cluster).filter((node) => slicesOf(node) > 0 && node.spec?.unschedulable !== true);
    const waiting = waitingForGpu(cluster);
    const used = nodes.map((node) => ({ node, pods: usersOn(cluster, node) }));
    const isFull = used.every(({ node, pods }) => taken(pods) >= slicesOf(node));
    return {
      checked:
        nodes.length > 0
          ? `${used.reduce((sum, { pods }) => sum + taken(pods), 0)} of ${nodes.reduce((sum, node) => sum + slicesOf(node), 0)} ${gpuResource} in use`
          : undefined,
      findings: nodes.length > 0 && waiting.length > 0 && isFull ? [inUse(cluster, used, waiting)] : [],
    };
  },
};

interface Use {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

function inUse(cluster: Cluster, used: readonly Use[], waiting: readonly Pod[]): Finding {
  const all = used.reduce((sum, { node }) => sum + slicesOf(node), 0);
  const perNode = used.map(({ node, pods }) => `${node.metadata.name} ${taken(pods)} of ${slicesOf(node)}`);
  const holders = used.flatMap(({ pods }) => pods);
  const who = holders.map(userOf);
  return {
    code: "GpuSlicesInUse",
    object: slicesRef(gpuResource),
    problem: `All ${all} ${gpuResource} are in use (${listed(perNode)}), and ${counted(waiting.length, "pod")} ${waiting.length === 1 ? "waits" : "wait"} for one. They are taken by ${listed([...new Set(who)])}.`,
    evidence: used.map(({ node, pods }) => ({
      object: refOf({ ...node, kind: "Node" }),
      field: `status.allocatable[${gpuResource}]`,
      value: `${slicesOf(node)}; requested by ${listed(
        pods.map((it) => `${it.metadata.namespace ?? ""}/${it.metadata.name}`),
        10,
      )}`,
    })),
    fix: [...waysToFree(holders), { text: "Or add a GPU node, or raise gpu.replicasPerGpu.", risk: "manual" }],
    // Slices that are missing, rather than taken.
    dependsOn: [...configDependencies(gpuSetup(cluster)), ...used.map(({ node }) => nodeDependency(node))],
    explains: waitingPods(cluster),
  };
}

/** What to end, that which holds most first: only sessions are ended as sessions. */
function waysToFree(holders: readonly Pod[]): Fix[] {
  const byWay = Map.groupBy(holders, (pod) => (isOfSession(pod) ? "session" : isOfPool(pod) ? "pool" : "pod"));
  return [...byWay]
    .toSorted(([, a], [, b]) => taken(b) - taken(a))
    .map(([way, pods]): Fix => {
      if (way === "session")
        return {
          text: "End or suspend a session that is not needed; the next one starts by itself.",
          command: "kubectl get vdisessions --all-namespaces --output wide",
          risk: "manual",
        };
      if (way === "pool")
        return {
          text: "Have pools keep fewer desktops ready (spec.replicas of VDIPools).",
          command: "kubectl get vdipools --all-namespaces",
          risk: "manual",
        };
      const namespaces = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ""))];
      return {
        text: `Pods of namespace ${listed(namespaces)} hold ${taken(pods)} ${gpuResource} and are no desktops: end those that are not needed, or what made them.`,
        command: `kubectl get pods ${namespaces.length === 1 ? `--namespace ${listed(namespaces)}` : "--all-namespaces"} --output wide`,
        risk: "manual",
      };
    });
}

function nodeDependency(node: Node): Dependency {
  const object = refOf({ ...node, kind: "Node" });
  return { object, because: `node ${object.name} offers fewer slices than it could` };
}

function usersOn({ pods }: Cluster, node: Node): Pod[] {
  return pods.filter(
    (pod) =>
      pod.spec?.nodeName === node.metadata.name &&
      gpuRequest(pod, gpuResource) > 0 &&
      pod.status?.phase !== "Succeeded" &&
      pod.status?.phase !== "Failed",
  );
}

function taken(pods: readonly Pod[]): number {
  return pods.reduce((sum, pod) => sum + gpuRequest(pod, gpuResource), 0);
}

function slicesOf(node: Node): number {
  return gpuResources(node, "allocatable")[gpuResource] ?? 0;
}

function isOfSession({ metadata }: Pod): boolean {
  return metadata.annotations?.["vdi.kasm.io/session-name"] !== undefined;
}

function isOfPool({ metadata }: Pod): boolean {
  return metadata.labels?.["vdi.kasm.io/pool"] !== undefined;
}

/** `session alice-desk of alice`, `pod jobs/train` */
function userOf(pod: Pod): string {
  const { metadata } = pod;
  const session = metadata.annotations?.["vdi.kasm.io/session-name"];
  const user = metadata.annotations?.["vdi.kasm.io/user-name"];
  if (session !== undefined) return `session ${session}${user === undefined ? "" : ` of ${user}`}`;
  return isOfPool(pod) ? "desktops that a pool keeps ready" : `pod ${metadata.namespace ?? ""}/${metadata.name}`;
}
