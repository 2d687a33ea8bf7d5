import type { AnyObject } from "../../kube/client.ts";
import { listed, quoted } from "../../kube/sentences.ts";
import { newestWarning } from "../events.ts";
import { podProblem } from "../containers/pods.ts";

/** Kinds whose controllers start pods, and which are judged here. */
export const workloadKinds: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Job: "batch/v1",
};

/** What else there is in the namespace of a workload. */
export interface Surroundings {
  readonly pods: readonly AnyObject[];
  /** core/v1 */
  readonly events: readonly AnyObject[];
}

/** Why a workload does not run as it should. */
export interface WorkloadProblem {
  readonly text: string;
  /** All that its pods do is wait for something else. */
  readonly isWaiting: boolean;
}

/** What a workload lacks; undefined when all of its pods run, or when a Job has done its work. */
export function workloadProblem(workload: AnyObject, { pods, events }: Surroundings): WorkloadProblem | undefined {
  const shortfall = shortfallOf(workload);
  if (shortfall === undefined) return undefined;
  const own = pods.filter((pod) => isSelected(workload, pod));
  const problems = own.flatMap((pod) => {
    const found = podProblem(pod, events);
    return found ? [{ ...found, text: `pod ${pod.metadata?.name ?? ""}: ${found.text}` }] : [];
  });
  const causes = problems.filter(({ isWaiting }) => !isWaiting);
  const told = causes.length > 0 ? causes : problems;
  const why = told.length > 0 ? told.map(({ text }) => text) : ownReasons(workload, events);
  const shown = why.length > mostPods ? [...why.slice(0, mostPods), `${why.length - mostPods} more`] : why;
  return {
    text: [`${nameOf(workload)} ${shortfall}`, ...shown].join("; "),
    isWaiting: problems.length > 0 && causes.length === 0,
  };
}

/** `Deployment kasm/kasm-api`. */
export function nameOf({ kind = "", metadata }: Pick<AnyObject, "kind" | "metadata">): string {
  return `${kind} ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/**
 * The problems of several workloads, one line each: first what is the cause, then who only waits for others.
 *
 * @param missing names of workloads that do not exist
 */
export function problemLines(missing: readonly string[], problems: readonly WorkloadProblem[]): string[] {
  const [waiting, causes] = [true, false].map((is) => problems.filter(({ isWaiting }) => isWaiting === is));
  return [
    ...(missing.length > 0 ? [`${listed(missing)} ${missing.length === 1 ? "does" : "do"} not exist`] : []),
    ...[...(causes ?? []), ...(waiting ?? [])].map(({ text }) => text),
  ];
}

const mostPods = 3;

interface Counts {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
  desiredNumberScheduled?: number;
  updatedNumberScheduled?: number;
  numberAvailable?: number;
  conditions?: Condition[];
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

function statusOf(workload: AnyObject): Counts {
  return workload["status"] ?? {};
}

/** `has 1 of 3 pods ready`; undefined when nothing is lacking. */
export function shortfallOf(workload: AnyObject): string | undefined {
  const status = statusOf(workload);
  if (workload.kind === "Job") return jobShortfall(status.conditions ?? []);
  if ((status.observedGeneration ?? 0) < (workload.metadata?.generation ?? 0)) return "is not looked at yet";
  const { replicas: wanted = 1, updateStrategy } = workload["spec"] as Spec;
  if (workload.kind === "DaemonSet") {
    const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
    const updated = updateStrategy?.type === "OnDelete" ? desiredNumberScheduled : updatedNumberScheduled;
    return counted(desiredNumberScheduled, updated, numberAvailable);
  }
  const updated = updateStrategy?.type === "OnDelete" ? wanted : (status.updatedReplicas ?? 0);
  const surplus = (status.replicas ?? 0) - wanted;
  return (
    counted(wanted, updated, status.availableReplicas ?? 0) ??
    (surplus > 0 ? `still has ${surplus} of its old pods` : undefined)
  );
}

interface Spec {
  replicas?: number;
  updateStrategy?: { type?: string };
}

function counted(wanted: number, updated: number, available: number): string | undefined {
  if (updated < wanted) return `has ${updated} of ${wanted} new pods, and ${available} ready ones in all`;
  return available < wanted ? `has ${available} of ${wanted} pods ready` : undefined;
}

function jobShortfall(conditions: readonly Condition[]): string | undefined {
  const holds = (type: string) => conditions.find((it) => it.type === type && it.status === "True");
  if (holds("Complete")) return undefined;
  const failed = holds("Failed");
  return failed ? `has failed: ${quoted(failed.message ?? failed.reason ?? "unknown")}` : "has not ended";
}

/** A condition of a workload that holds. */
export function conditionOf(workload: AnyObject, wanted: string): Condition | undefined {
  return statusOf(workload).conditions?.find(({ type, status }) => type === wanted && status === "True");
}

/** Why a workload has no pods that could tell. */
function ownReasons(workload: AnyObject, events: readonly AnyObject[]): string[] {
  const failure = conditionOf(workload, "ReplicaFailure");
  const message = failure?.message ?? newestWarning(events, workload)?.message;
  return message === undefined ? [] : [quoted(message)];
}

function isSelected(workload: AnyObject, { metadata }: AnyObject): boolean {
  const { selector } = workload["spec"] as { selector?: { matchLabels?: Record<string, string> } };
  const labels = Object.entries(selector?.matchLabels ?? {});
  const isInNamespace = metadata?.namespace === workload.metadata?.namespace;
  return labels.length > 0 && isInNamespace && labels.every(([key, value]) => metadata?.labels?.[key] === value);
}
