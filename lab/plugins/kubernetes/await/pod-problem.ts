import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { AnyObject } from "../../../../kube/client.ts";
import { condition, objectName } from "./readiness.ts";
import type { Plain } from "./plain.ts";

// Kubelet's normal steps on the way to running; naming them as a problem would only alarm.
const normalWaits = new Set(["ContainerCreating", "PodInitializing", ""]);

/**
 * Why this pod is not ready, in one line, e.g. `[Pod kasm/api-1] container api: [ImagePullBackOff] Back-off pulling
 * image "x"`. Undefined for a pod that is ready, has succeeded, is going away, or is simply starting.
 */
export function podProblem(object: AnyObject): string | undefined {
  const pod = object as Plain<V1Pod>;
  if (pod.metadata?.deletionTimestamp || pod.status?.phase === "Succeeded") return undefined;
  if (condition(object, "Ready")?.status === "True") return undefined;
  const cause = schedulingProblem(object) ?? containerProblem(pod) ?? unreadyProblem(object);
  return cause && `[${objectName({ ...object, kind: "Pod" })}] ${cause}`;
}

/** The problems of several pods, each once: ten replicas without an image are one problem, not ten. */
export function podProblems(pods: AnyObject[]): string[] {
  const byCause = new Map<string, string[]>();
  for (const problem of pods.map(podProblem)) {
    if (!problem) continue;
    const cause = problem.slice(problem.indexOf("]") + 2);
    byCause.set(cause, [...(byCause.get(cause) ?? []), problem]);
  }
  return [...byCause.values()].map(([first = "", ...others]) =>
    others.length > 0 ? `${first} (and ${others.length} more Pods)` : first,
  );
}

function schedulingProblem(object: AnyObject): string | undefined {
  const scheduled = condition(object, "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  return `[${scheduled.reason ?? "Unschedulable"}] ${scheduled.message ?? ""}`.trim();
}

function containerProblem({ status }: Plain<V1Pod>): string | undefined {
  const inits = (status?.initContainerStatuses ?? []).map((one) => statusProblem("init container", one));
  const mains = (status?.containerStatuses ?? []).map((one) => statusProblem("container", one));
  return [...inits, ...mains].find(Boolean);
}

function statusProblem(role: string, status: Plain<V1ContainerStatus>): string | undefined {
  const { name, ready, state, lastState } = status;
  const waiting = state?.waiting;
  const ended = state?.terminated ?? lastState?.terminated;
  if (ready || (ended?.exitCode === 0 && !waiting)) return undefined;
  const parts = [
    waiting && !normalWaits.has(waiting.reason ?? "") && `[${waiting.reason ?? ""}] ${waiting.message ?? ""}`.trim(),
    ended && `${state?.terminated ? "ended" : "last ended"} with exit code ${ended.exitCode}${detail(ended)}`,
  ].filter(Boolean);
  return parts.length > 0 ? `${role} ${name}: ${parts.join("; ")}` : undefined;
}

function detail({ reason, message }: { reason?: string; message?: string }): string {
  const words = [reason === "Error" ? undefined : reason, message?.trim()].filter(Boolean).join(": ");
  return words && ` (${words})`;
}

function unreadyProblem(object: AnyObject): string | undefined {
  const pod = object as Plain<V1Pod>;
  if (pod.status?.phase === "Failed") return `[${pod.status.reason ?? "Failed"}] ${pod.status.message ?? ""}`.trim();
  // A container that runs but does not answer its readiness probe shows only here.
  const running = pod.status?.containerStatuses?.some((one) => one.state?.running && !one.ready);
  return running ? condition(object, "Ready")?.message : undefined;
}
