import type { PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Code } from "../catalog.ts";
import type { Cluster } from "../cluster.ts";
import type { Dependency, Finding } from "../finding.ts";
import { deadlockOf } from "./init-deadlock.ts";
import { awaitedVolume, pendingClaims } from "./awaited-volume.ts";
import { isVolumeTimeout } from "./scheduler-verdict.ts";
import { hasLabels, namesOf } from "./open-nodes.ts";
import { placementOf, volumePlaces } from "./placements.ts";
import { placementVerdict } from "./placement.ts";
import type { Placement, SchedulingCode } from "./placement.ts";
import { checkedPods } from "../containers/pod-containers.ts";
import { livePods, podRef } from "../containers/pod-facts.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import { fixOf } from "../verdict.ts";
import { claimsBehind } from "../storage/claims-behind.ts";

/** So long room is made, or a claim bound, for a pod that has just been created, in seconds. */
const verdictSeconds = 10;

/** What nodes are like does not change by waiting. */
const lasting = new Set<SchedulingCode>(["NodesCordoned", "NodeSelectorUnmatched", "Tainted", "NoGpuNode"]);

/** Pods that have no node. */
export const podScheduling: Analyzer = {
  area: "scheduling",
  title: "Pods have a node",
  needs: ["Pod"],
  analyze(cluster) {
    const waiting = livePods(cluster).filter(({ spec }) => spec?.nodeName === undefined);
    return { checked: checkedPods(cluster), findings: waiting.flatMap((pod) => schedulingFinding(cluster, pod) ?? []) };
  },
};

function schedulingFinding(cluster: Cluster, pod: Pod): Finding | undefined {
  const said = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const { creationTimestamp } = pod.metadata;
  if (!said && !cluster.isOlderThan(creationTimestamp, graceSeconds)) return undefined;
  if (!said) return awaitedVolume(cluster, pod) ?? silent(pod);
  // A gate is opened by whoever put it there.
  if (said.reason === "SchedulingGated") return undefined;
  const awaited = isVolumeTimeout(said.message ?? "") ? awaitedVolume(cluster, pod, said.message) : undefined;
  if (awaited) return awaited;
  const placement = placementOf(cluster, pod, said.message ?? "");
  const verdict = placementVerdict(placement);
  if (!lasting.has(verdict.code) && !cluster.isOlderThan(creationTimestamp, verdictSeconds)) return undefined;
  if (verdict.code === "ClaimNotBound" && areComing(cluster, pendingClaims(cluster, pod))) return undefined;
  return {
    code: verdict.code,
    object: podRef(pod),
    problem: verdict.problem,
    evidence: [
      { object: podRef(pod), field: "status.conditions[PodScheduled].message", value: quoted(said.message ?? "") },
    ],
    fix: fixOf(verdict),
    dependsOn: dependenciesOf(cluster, pod, placement, verdict.code),
  };
}

/** A claim has its time until it is bound, unless something has failed already; and so has the pod that waits for it. */
function areComing(cluster: Cluster, claims: readonly PersistentVolumeClaim[]): boolean {
  const isComing = (claim: PersistentVolumeClaim) =>
    !cluster.isOlderThan(claim.metadata.creationTimestamp, graceSeconds) &&
    cluster.eventsOf({ ...claim, kind: "PersistentVolumeClaim" }).every(({ type }) => type !== "Warning");
  return claims.length > 0 && claims.every(isComing);
}

function silent(pod: Pod): Finding {
  return {
    code: "SchedulerSilent",
    object: podRef(pod),
    problem: `Pod ${pod.metadata.name} waits for the scheduler, which has not looked at it.`,
    evidence: [
      { object: podRef(pod), field: "metadata.creationTimestamp", value: pod.metadata.creationTimestamp ?? "" },
    ],
    fix: [{ text: "See that K3s runs on a server: the scheduler is part of it.", risk: "manual" }],
  };
}

function dependenciesOf(cluster: Cluster, pod: Pod, placement: Placement, code: SchedulingCode): Dependency[] {
  if (code === "VolumeOnOtherNode") return [...claimsBehind(cluster, pod), ...placesOfVolumes(cluster, pod)];
  if (code === "ClaimNotBound" || code === "ClaimMissing") return claimsBehind(cluster, pod);
  const fitting = placement.nodes.filter((it) => hasLabels(it, placement.nodeSelector));
  const cordoned = fitting.filter((it) => it.spec?.unschedulable === true);
  return [
    ...deadlockOf(cluster, pod),
    ...(code === "NodesCordoned" ? nodesAs(namesOf(cordoned), "could take it if it were not cordoned", cordon) : []),
    ...nodesAs(namesOf(fitting.filter((it) => !isReady(it) || ailing.has(code))), "could take it if it were well"),
    ...(placement.gpuResource !== undefined && gpuCodes.has(code) ? gpuParts(cluster) : []),
  ];
}

/** The nodes of its volumes, for what closes them to every pod: with what else is wrong there it could run. */
function placesOfVolumes(cluster: Cluster, pod: Pod): Dependency[] {
  const names = volumePlaces(cluster, pod).flatMap(({ nodes }) => nodes);
  return nodesAs(names, "has its volume", [...cordon, ...closing]);
}

const cordon = ["NodeCordoned"] as const;
const closing = [
  ...(["NodeNotReady", "NodeUnreachable", "NodeUninitialized", "NodeNetworkUnavailable"] as const),
  ...(["NodeDiskPressure", "NodeMemoryPressure", "NodePidPressure"] as const),
];

function nodesAs(names: readonly string[], what: string, codes?: readonly Code[]): Dependency[] {
  return names.map((name) => ({
    object: { kind: "Node", name },
    because: `Node ${name} ${what}`,
    ...(codes && { codes }),
  }));
}

const ailing = new Set<SchedulingCode>(["NodesUnderPressure", "NodesUninitialized", "AllNodesUnready", "NoGpuNode"]);
const gpuCodes = new Set<SchedulingCode>(["NoGpuNode", "TimeSlicingNotApplied", "GpuResourceRenamed"]);

/** What makes GPUs known to nodes: the ClusterPolicy, the ConfigMaps of time-slicing, and the device plugin. */
function gpuParts(cluster: Cluster): Dependency[] {
  const because = "the GPU operator makes GPUs known to nodes";
  const named = (kind: string, isOne: (name: string) => boolean) =>
    cluster
      .all(kind)
      .filter(({ metadata }) => isOne(metadata?.name ?? ""))
      .map(({ metadata }) => ({
        object: {
          kind,
          ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
          name: metadata?.name ?? "",
        },
        because,
      }));
  return [
    ...named("ClusterPolicy", () => true),
    ...named("ConfigMap", (name) => name.includes("time-slicing") || name.includes("device-plugin")),
    ...named("DaemonSet", (name) => name.includes("device-plugin")),
  ];
}
