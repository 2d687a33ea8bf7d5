import type { Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import type { Dependency, Finding } from "../finding.ts";
import { deadlockOf } from "./init-deadlock.ts";
import { hasLabels } from "./open-nodes.ts";
import { placementOf } from "./placements.ts";
import { placementVerdict } from "./placement.ts";
import type { Placement, SchedulingCode } from "./placement.ts";
import { checkedPods } from "../containers/pod-containers.ts";
import { livePods, podRef } from "../containers/pod-facts.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import { fixOf } from "../verdict.ts";
import { claimsBehind } from "../storage/claims-behind.ts";
import { claimNames } from "../storage/volumes.ts";
import type { PersistentVolumeClaim } from "../../kube/kinds.ts";

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
  if (!said) return awaitingVolume(cluster, pod) ?? silent(pod);
  // A gate is opened by whoever put it there.
  if (said.reason === "SchedulingGated") return undefined;
  const placement = placementOf(cluster, pod, said.message ?? "");
  const verdict = placementVerdict(placement);
  if (!lasting.has(verdict.code) && !cluster.isOlderThan(creationTimestamp, verdictSeconds)) return undefined;
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

/**
 * The scheduler has chosen a node, and waits up to ten minutes for the volume that is to be made there (VolumeBinding, PreBind). It
 * notes down the choice at the claim, and nothing at the pod.
 */
function awaitingVolume(cluster: Cluster, pod: Pod): Finding | undefined {
  const { namespace = "" } = pod.metadata;
  const claim = claimNames(pod)
    .map((name) => cluster.get("PersistentVolumeClaim", name, namespace) as PersistentVolumeClaim | undefined)
    .find((it) => it?.status?.phase === "Pending" && it.metadata.annotations?.[selectedNode] !== undefined);
  if (!claim) return undefined;
  const { name, annotations = {} } = claim.metadata;
  const node = annotations[selectedNode] ?? "";
  return {
    code: "ClaimNotBound",
    object: podRef(pod),
    problem: `Pod ${pod.metadata.name} is to run on Node ${node} as soon as the volume of claim ${namespace}/${name} is made there.`,
    evidence: [
      {
        object: { kind: "PersistentVolumeClaim", namespace, name },
        field: `metadata.annotations[${selectedNode}]`,
        value: node,
      },
    ],
    fix: [
      {
        text: "See why the claim gets no volume.",
        command: `kubectl describe pvc ${name} --namespace ${namespace}`,
        risk: "safe",
      },
    ],
    dependsOn: claimsBehind(cluster, pod),
  };
}

const selectedNode = "volume.kubernetes.io/selected-node";

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
  const cordoned = placement.nodes
    .filter((it) => it.spec?.unschedulable === true && hasLabels(it, placement.nodeSelector))
    .map(({ metadata: { name } }) => ({
      object: { kind: "Node", name },
      because: `Node ${name} could take it if it were not cordoned`,
      codes: ["NodeCordoned"] as const,
    }));
  if (code === "VolumeOnOtherNode") return [...claimsBehind(cluster, pod), ...cordoned];
  if (code === "ClaimNotBound" || code === "ClaimMissing") return claimsBehind(cluster, pod);
  const nodes = placement.nodes.filter(
    (it) => hasLabels(it, placement.nodeSelector) && (!isReady(it) || ailing.has(code)),
  );
  return [
    ...deadlockOf(cluster, pod),
    ...(code === "NodesCordoned" ? cordoned : []),
    ...nodes.map(({ metadata: { name } }) => ({
      object: { kind: "Node", name },
      because: `Node ${name} could take it if it were well`,
    })),
    ...(placement.gpuResource !== undefined && gpuCodes.has(code) ? gpuParts(cluster) : []),
  ];
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
