import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Evidence, Finding, ObjectRef } from "../finding.ts";
import { isOnItsWay } from "../kasm/stuck.ts";
import { ownerOf } from "./owners.ts";
import { podRef } from "../containers/pod-facts.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import { refusalVerdict } from "../sessions/refusals.ts";
import type { Refused } from "../sessions/refusals.ts";
import { fixOf } from "../verdict.ts";
import { conditionOf, shortfallOf, workloadKinds } from "./workloads.ts";

/** Deployments, StatefulSets, DaemonSets and Jobs. */
export const workloadPods: Analyzer = {
  area: "containers",
  title: "Workloads have the pods that they should",
  needs: ["Deployment", "StatefulSet", "DaemonSet"],
  analyze(cluster) {
    const all = workloadsOf(cluster);
    const pods = podsByOwner(cluster);
    return {
      checked: all.length > 0 ? counted(all.length, "workload") : undefined,
      findings: all.flatMap((it) => workloadFinding(cluster, it, pods.get(refText(refOf(it))) ?? []) ?? []),
    };
  },
};

/** Whether a workload has fewer pods than it should; true of one that is not known. */
export function lacksPods(cluster: Cluster, owner: ObjectRef): boolean {
  const workload = cluster.find(owner);
  return !workload || shortfallOf({ ...workload, kind: owner.kind }) !== undefined;
}

function workloadsOf(cluster: Cluster): AnyObject[] {
  return Object.keys(workloadKinds).flatMap((kind) => cluster.all(kind).map((it) => ({ ...it, kind })));
}

function podsByOwner(cluster: Cluster): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    const owner = ownerOf(cluster, pod);
    if (!owner) continue;
    const key = refText(owner);
    const known = found.get(key);
    if (known) known.push(pod);
    else found.set(key, [pod]);
  }
  return found;
}

function workloadFinding(cluster: Cluster, workload: AnyObject, pods: readonly Pod[]): Finding | undefined {
  const object = refOf(workload);
  const shortfall = shortfallOf(workload);
  if (shortfall === undefined) return undefined;
  const refused = refusalOf(cluster, workload);
  if (refused) return refused;
  if (workload.kind === "Job") return jobFinding(workload, pods);
  // A new Deployment, and one that rolls, lacks pods for a while.
  if (!cluster.isOlderThan(sinceOf(workload, pods), graceSeconds)) return undefined;
  if (pods.length > 0 && pods.every((it) => isReady(it) || isOnItsWay(cluster, it))) return undefined;
  return {
    code: "WorkloadUnavailable",
    object,
    problem: `${refText(object)} ${shortfall}.`,
    evidence: [statusEvidence(workload)],
    fix: [
      {
        text: pods.length > 0 ? "See what is wrong with its pods." : "See why its pods are not made.",
        command: `kubectl describe ${object.kind.toLowerCase()} ${object.name} --namespace ${object.namespace ?? ""}`,
        risk: "safe",
      },
    ],
    dependsOn: dependenciesOf(cluster, workload, pods),
  };
}

/** What the API server said when its pods were to be made: the ReplicaFailure condition, or events of its controller. */
function refusalOf(cluster: Cluster, workload: AnyObject): Finding | undefined {
  const object = refOf(workload);
  const condition = conditionOf(workload, "ReplicaFailure");
  const event = [workload, ...replicaSetsOf(cluster, workload)]
    .flatMap((it) => cluster.eventsOf(it))
    .findLast(({ reason }) => reason === "FailedCreate");
  const message = condition?.message ?? event?.message;
  if (message === undefined || (!condition && hasRecovered(workload))) return undefined;
  const what = `pods of ${refText(object)}`;
  const verdict = refusalVerdict(message, refusedOf(object, message)) ?? {
    code: "PodsNotCreated" as const,
    problem: `The API server does not let ${what} be made: ${quoted(message)}.`,
    remedy: "Change what the message names.",
  };
  return {
    code: verdict.code,
    object,
    problem: verdict.problem,
    evidence: [
      {
        object,
        field: condition ? "status.conditions[ReplicaFailure].message" : "event FailedCreate",
        value: quoted(message),
      },
    ],
    fix: fixOf(verdict),
  };
}

/** A StatefulSet makes claims before pods. */
function refusedOf(object: ObjectRef, message: string): Refused {
  const isClaim = object.kind === "StatefulSet" && untrusted(message).includes('persistentvolumeclaims "');
  return {
    what: `${isClaim ? "claims" : "pods"} of ${refText(object)}`,
    setIn: `spec.${isClaim ? "volumeClaimTemplates" : "template"} of ${refText(object)}`,
    ...(object.namespace !== undefined && { namespace: object.namespace }),
  };
}

/** Pods are there after all. */
function hasRecovered(workload: AnyObject): boolean {
  const { replicas = 0, currentNumberScheduled = 0, active = 0 } = (workload["status"] ?? {}) as Record<string, number>;
  return replicas + currentNumberScheduled + active > 0;
}

function replicaSetsOf(cluster: Cluster, { kind, metadata }: AnyObject): AnyObject[] {
  if (kind !== "Deployment") return [];
  return cluster
    .all("ReplicaSet")
    .filter((it) => it.metadata?.namespace === metadata?.namespace)
    .filter((it) => it.metadata?.ownerReferences?.some(({ name }) => name === metadata?.name) === true)
    .map((it) => ({ ...it, kind: "ReplicaSet" }));
}

function jobFinding(workload: AnyObject, pods: readonly Pod[]): Finding | undefined {
  const failed = conditionOf(workload, "Failed");
  if (!failed) return undefined;
  const object = refOf(workload);
  const name = `${object.name} --namespace ${object.namespace ?? ""}`;
  return {
    code: "JobFailed",
    object,
    problem: `${refText(object)} has failed: ${quoted(failed.message ?? failed.reason ?? "it does not say why")}.`,
    evidence: [{ object, field: "status.conditions[Failed]", value: failed.reason ?? "" }],
    fix: [{ text: "Read what its last pod said.", command: `kubectl logs job/${name}`, risk: "safe" }],
    dependsOn: pods.map((it) => ({ object: podRef(it), because: `Pod ${it.metadata.name} is one of its pods` })),
  };
}

function dependenciesOf(cluster: Cluster, workload: AnyObject, pods: readonly Pod[]): Dependency[] {
  const name = workload.metadata?.name ?? "";
  return [
    ...pods.map((it) => ({ object: podRef(it), because: `Pod ${it.metadata.name} is one of its pods` })),
    ...replicaSetsOf(cluster, workload).map((it) => ({ object: refOf(it), because: `it makes the pods of ${name}` })),
  ];
}

/** Since when it lacks pods, as far as that is known: its newest pod, or itself where it has none. */
function sinceOf({ metadata }: AnyObject, pods: readonly Pod[]): string | undefined {
  const newest = pods
    .flatMap((it) => it.metadata.creationTimestamp ?? [])
    .toSorted()
    .at(-1);
  return newest ?? metadata?.creationTimestamp;
}

function statusEvidence(workload: AnyObject): Evidence {
  const counts = (workload["status"] ?? {}) as Record<string, unknown>;
  const shown = Object.entries(counts).filter(
    ([name, value]) => typeof value === "number" && name !== "observedGeneration",
  );
  return {
    object: refOf(workload),
    field: "status",
    value: shown.map(([name, value]) => `${name} ${String(value)}`).join(", "),
  };
}
