import { graceSeconds, isReady } from "../readiness.ts";
import type { ContainerStatus, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { saidSince } from "../verdict.ts";
import type { Said } from "../verdict.ts";

/** Whether the pod has done its work, or is being deleted: it is not expected to serve any more. */
export function isPodOver({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || status?.phase === "Succeeded";
}

/** Whether an init container runs beside the others from its turn on. */
export function isSidecar({ spec }: Pod, name: string): boolean {
  return spec?.initContainers?.some((it) => it.name === name && it.restartPolicy === "Always") ?? false;
}

/** The init container that the pod is at, with its place among all; undefined when all are done. */
export function currentInit(pod: Pod): { status: ContainerStatus; step: number; of: number } | undefined {
  const statuses = pod.status?.initContainerStatuses ?? [];
  const at = statuses.findIndex(
    ({ name, ready, started, state }) =>
      !ready && state?.terminated?.exitCode !== 0 && !(isSidecar(pod, name) && started === true),
  );
  const found = statuses[at];
  return found && { status: found, step: at + 1, of: statuses.length };
}

// Kasm's API has a startup probe of 180 s (kasm-helm 1.1190.6), and nothing of the product takes longer.
const startSeconds = 180;
/** So long the first pull of a large image takes; the kubelet says nothing but `Pulling` meanwhile. */
export const pullSeconds = 600;

/**
 * Whether a pod that is not ready seems to be on its way: nothing has failed, and it is not at one step for longer than
 * such a step takes.
 *
 * @param isWaitInProgress whether what a running init container waits for is on its way itself
 */
export function isProgressing(
  cluster: Cluster,
  pod: Pod,
  isWaitInProgress: (container: ContainerStatus) => boolean = () => true,
): boolean {
  const { creationTimestamp } = pod.metadata;
  const { conditions = [], phase, containerStatuses = [] } = pod.status ?? {};
  if (phase === "Failed") return false;
  const isScheduled = conditions.some(({ type, status }) => type === "PodScheduled" && status === "True");
  if (!isScheduled && pod.spec?.nodeName === undefined) return !cluster.isOlderThan(creationTimestamp, graceSeconds);
  const init = currentInit(pod);
  const now = init?.status ?? containerStatuses.find(({ ready }) => !ready);
  if (!now) return !cluster.isOlderThan(creationTimestamp, graceSeconds);
  const { state = {}, restartCount } = now;
  if (restartCount > 0 || state.terminated) return false;
  if (state.running) {
    const { startedAt } = state.running;
    if (init) return !cluster.isOlderThan(startedAt, graceSeconds) || isWaitInProgress(now);
    return !cluster.isOlderThan(startedAt, startSeconds);
  }
  if (!["PodInitializing", "ContainerCreating", undefined].includes(state.waiting?.reason)) return false;
  const pull = pullOf(cluster, pod);
  return pull ? cluster.now - pull.time <= pullSeconds * 1_000 : !cluster.isOlderThan(creationTimestamp, graceSeconds);
}

/** The pull that a pod is at, by its newest event. */
export function pullOf(cluster: Cluster, pod: Pod): Said | undefined {
  if (isReady(pod)) return undefined;
  const said = saidSince(cluster.eventsOf({ ...pod, kind: "Pod" }), pod.metadata.creationTimestamp);
  const newest = said.findLast(({ reason }) => pullSteps.has(reason));
  return newest?.reason === "Pulling" ? newest : undefined;
}

/** What the kubelet says on the way to a container that runs. */
const pullSteps = new Set(["Pulling", "Pulled", "Failed", "BackOff", "Created", "Started"]);
