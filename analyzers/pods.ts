import type { AnyObject } from "../kube/client.ts";
import { lastLine, quoted } from "../kube/sentences.ts";
import { newestWarning } from "./events.ts";

/** Why a pod does not run. */
export interface PodProblem {
  /** What follows the pod's name and a colon: `cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu`. */
  readonly text: string;
  /** Nothing is wrong with the pod itself: one of its init containers waits for something else. */
  readonly isWaiting: boolean;
}

/**
 * What keeps a pod from running; undefined when it is ready or has done its work. The first that is not as it should be
 * counts, in the order in which scheduler and kubelet go on.
 *
 * @param events of the pod's namespace, core/v1
 */
export function podProblem(pod: AnyObject, events: readonly AnyObject[]): PodProblem | undefined {
  const { phase, reason, message, conditions = [], ...containers } = (pod["status"] ?? {}) as PodStatus;
  const isTrue = (type: string) => conditions.some((it) => it.type === type && it.status === "True");
  if (phase === "Succeeded" || isTrue("Ready")) return undefined;
  if (pod.metadata?.deletionTimestamp !== undefined) return problem("is being deleted");
  const warning = newestWarning(events, pod);
  if (phase === "Failed" && reason !== undefined) return problem(`has failed: ${said(reason, message)}`);
  if (!isTrue("PodScheduled")) {
    const scheduled = conditions.find(({ type }) => type === "PodScheduled");
    return problem(
      scheduled?.message === undefined
        ? `is not scheduled yet; does kube-scheduler run?`
        : `cannot be scheduled: ${quoted(schedulerReason(scheduled.message))}`,
    );
  }
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = containers;
  const step = inits.findIndex(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0);
  const init = inits[step];
  if (init) return initProblem(pod, init, `${step + 1} of ${inits.length}`, warning);
  const main = mains.find(({ ready }) => !ready);
  if (main) return problem(containerProblem(pod, main, "container", warning) ?? notReady(main, warning));
  return problem(
    warning ? said(warning.reason, warning.message) : "is not started yet; does the kubelet of its node run?",
  );
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode?: number; reason?: string; message?: string };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  image?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface PodStatus {
  phase?: string;
  reason?: string;
  message?: string;
  conditions?: { type: string; status: string; message?: string }[];
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
}

type Warning = ReturnType<typeof newestWarning>;

function problem(text: string, isWaiting = false): PodProblem {
  return { text, isWaiting };
}

function initProblem(pod: AnyObject, status: ContainerStatus, step: string, warning: Warning): PodProblem {
  const { name, state } = status;
  const fault = containerProblem(pod, status, "init container", warning);
  if (fault !== undefined) return problem(fault);
  const since = state?.running?.startedAt;
  if (since === undefined) return problem(notReady(status, warning));
  return problem(`waits in init container ${name} (${step}) since ${since} (${logs(pod, name)})`, true);
}

/** What is wrong with a container beyond that it is not ready. */
function containerProblem(
  pod: AnyObject,
  { name, image = "", state, lastState }: ContainerStatus,
  kind: string,
  warning: Warning,
): string | undefined {
  const { reason, message } = state?.waiting ?? {};
  const container = `${kind} ${name}`;
  if (/^(ErrImage|Image|InvalidImageName|RegistryUnavailable)/.test(reason ?? "")) {
    // After the first try the container only says that the kubelet backs off.
    const why = warning?.reason === "Failed" && warning.message.includes(image) ? warning.message : message;
    return `${container} cannot get its image ${image}: ${said(reason, why)}`;
  }
  if (/(Config|Create|Run|Start)(Container)?Error$/.test(reason ?? ""))
    return `${container} cannot be started: ${said(reason, message)}`;
  const end = state?.terminated ?? lastState?.terminated;
  if (!end) return undefined;
  const words = lastLine(end.message);
  const code = end.reason === "OOMKilled" ? "OOMKilled" : `exit code ${end.exitCode ?? "unknown"}`;
  const why = `${code}${words === undefined ? "" : `, "${words}"`}`;
  return `${container} ended: ${why} (${logs(pod, name)}${state?.terminated ? "" : " --previous"})`;
}

function notReady({ name, state }: ContainerStatus, warning: Warning): string {
  const since = state?.running?.startedAt;
  const isOfNow = since === undefined || (warning !== undefined && warning.time >= Date.parse(since));
  const why = warning && isOfNow ? `: ${said(warning.reason, warning.message)}` : "";
  return since === undefined
    ? `container ${name} is not started yet${why}`
    : `container ${name} runs since ${since} and is not ready${why}`;
}

// The rest is about preemption, and about claims of devices.
function schedulerReason(message: string): string {
  return /^0\/\d+ nodes are available: [^.]*/.exec(message)?.[0] ?? message;
}

function said(reason = "unknown", message?: string): string {
  return message === undefined || message === "" ? reason : `${reason}, ${quoted(message)}`;
}

function logs({ metadata }: AnyObject, container: string): string {
  return `kubectl logs --namespace ${metadata?.namespace ?? ""} ${metadata?.name ?? ""} --container ${container}`;
}
