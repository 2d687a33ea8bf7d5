import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { quoted } from "../../kube/sentences.ts";
import { containerVerdict, openContainers, unreadyVerdict } from "./containers.ts";
import type { ContainerFacts } from "./containers.ts";
import { eventsAbout } from "../events.ts";
import { pullVerdict } from "../images/images.ts";
import { logsCommand } from "./logs.ts";
import { endVerdict } from "./pod-ends.ts";
import { setupVerdicts } from "./pod-setup.ts";
import { isReady } from "../readiness.ts";
import type { Said, Verdict } from "../verdict.ts";

/** Why a pod does not run. */
export interface PodProblem {
  /** What follows the pod's name and a colon: `cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu`. */
  readonly text: string;
  /** Nothing is wrong with the pod itself: one of its init containers waits for something else. */
  readonly isWaiting: boolean;
}

/**
 * What keeps a pod from running, for a gate that knows of the cluster no more than pods and their events; undefined when it is
 * ready or has done its work. The first that is not as it should be counts, in the order in which scheduler and kubelet go on.
 *
 * @param events of the pod's namespace, core/v1
 */
export function podProblem(object: AnyObject, events: readonly AnyObject[]): PodProblem | undefined {
  const pod = { ...object, kind: "Pod" } as AnyObject & Pod;
  if (pod.status?.phase === "Succeeded" || isReady(pod)) return undefined;
  if (pod.metadata.deletionTimestamp !== undefined) return problem("is being deleted");
  const end = pod.status?.phase === "Failed" ? endVerdict(pod) : undefined;
  if (end) return told(end);
  const unplaced = placeProblem(pod);
  if (unplaced !== undefined) return problem(unplaced);
  const said = saidOf(pod, events);
  const [setup] = setupVerdicts(pod, said);
  if (setup) return told(setup);
  const [open] = openContainers(pod);
  if (!open) return problem("is not started yet; does the kubelet of its node run?");
  return containerProblem(pod, open, said);
}

function placeProblem({ status }: Pod): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "True") return undefined;
  return scheduled?.message === undefined
    ? "is not scheduled yet; does kube-scheduler run?"
    : `cannot be scheduled: ${quoted(schedulerReason(scheduled.message))}`;
}

function containerProblem(
  pod: Pod,
  { status, isInit, step }: ReturnType<typeof openContainers>[number],
  events: readonly Said[],
): PodProblem {
  const where = `the image of container ${status.name}`;
  const failures = events.filter(({ reason, message }) => reason === "Failed" && message.includes(status.image ?? ""));
  const logs = logsCommand(pod, status.name);
  const role = { text: `${isInit ? "init container" : "container"} ${status.name}`, where, node: pod.spec?.nodeName };
  const facts: ContainerFacts = { status, role, events, logs };
  const pull = pullVerdict(
    status,
    failures.map(({ message }) => message),
    where,
  );
  const verdict = pull ?? containerVerdict(facts);
  if (verdict) return told(verdict);
  const since = status.state?.running?.startedAt;
  if (since === undefined) return problem(`${role.text} is not started yet`);
  if (step !== "") return problem(`waits in ${role.text} (${step}) since ${since} (${logs})`, true);
  const unready = unreadyVerdict(facts);
  return unready ? told(unready) : problem(`${role.text} is not ready`);
}

function saidOf({ kind = "", metadata }: AnyObject & Pod, events: readonly AnyObject[]): Said[] {
  const all = eventsAbout(events).get(`${kind} ${metadata.namespace ?? ""}/${metadata.name}`) ?? [];
  // An event may be of an earlier pod of the same name.
  return all.filter(({ uid }) => !metadata.uid || !uid || uid === metadata.uid);
}

/** A gate lists its problems with semicolons between them. */
function told({ problem: what, remedy }: Verdict): PodProblem {
  return problem(`${what} ${remedy}`.replace(/\.$/, ""));
}

function problem(text: string, isWaiting = false): PodProblem {
  return { text, isWaiting };
}

// The rest is about preemption, and about claims of devices.
function schedulerReason(message: string): string {
  return /^0\/\d+ nodes are available: [^.]*/.exec(message)?.[0] ?? message;
}
