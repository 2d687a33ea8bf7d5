import { constants } from "node:os";
import type { ContainerState, ContainerStatus } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import { imageFinding } from "./images.ts";
import { publicWords, wasUsed } from "./last-words.ts";
import type { Moment } from "./moment.ts";
import { probeKill } from "./probe-kill.ts";
import type { ProbeKill } from "./probe-kill.ts";
import { notAnswering } from "./reachability.ts";
import type { Finding } from "./reasons.ts";
import { desktopRequest } from "./request.ts";
import { lastLine, quoted } from "../../kube/sentences.ts";
import { homeRefusal } from "./storage.ts";

/** An init container that works so long is looked at by people. */
const initMs = 60_000;

type Ended = NonNullable<ContainerState["terminated"]>;

/** What is wrong with the pod's containers, one after the other: an init container that does not end keeps all others waiting. */
export function containerFindings(view: SessionView, moment: Moment): (Finding | undefined)[] {
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = view.pod?.status ?? {};
  const step = inits.findIndex((it) => !isDone(it));
  const init = inits[step];
  if (init) return [finding(view, init, "init container") ?? initStuck(view, init, step, inits.length, moment)];
  return mains.map((it) => (it.ready ? undefined : finding(view, it, "container")));
}

function isDone({ ready, state }: ContainerStatus): boolean {
  return ready || state?.terminated?.exitCode === 0;
}

function finding(view: SessionView, status: ContainerStatus, kind: string): Finding | undefined {
  const { name, state, lastState, restartCount } = status;
  const role = `${kind} ${name}`;
  const waiting = state?.waiting;
  return (
    imageFinding(view, status) ??
    notCreated(waiting, role) ??
    // Between two tries it runs for a while: what ended the last one is still the case until it is ready.
    ended(view, state?.terminated ?? (restartCount > 0 ? lastState?.terminated : undefined), role, name)
  );
}

function notCreated(waiting: ContainerState["waiting"], role: string): Finding | undefined {
  const said = quoted(waiting?.message ?? "the kubelet does not say why");
  switch (waiting?.reason) {
    case "CreateContainerConfigError":
      return {
        reason: "ContainerConfigError",
        message: `The desktop's ${role} lacks what its environment refers to: ${said}. Restore it; the kubelet tries again by itself.`,
      };
    case "CreateContainerError":
    case "RunContainerError":
    case "StartError":
      return {
        reason: "ContainerStartFailed",
        message: `The desktop's ${role} cannot be started: ${said}. Check the template's image, and the container runtime of the node.`,
      };
    default:
      return undefined;
  }
}

function ended(view: SessionView, end: Ended | undefined, role: string, name: string): Finding | undefined {
  if (!end) return undefined;
  if (end.reason === "StartError" || end.reason === "ContainerCannotRun")
    return notCreated({ reason: "StartError", ...(end.message !== undefined && { message: end.message }) }, role);
  if (end.reason === "OOMKilled") {
    const { memory } = desktopRequest(view);
    return {
      reason: "OutOfMemory",
      message: `The desktop's ${role} was ended since it used more than its memory limit${memory === undefined ? "" : ` of ${memory}`}. Raise spec.resources.memory; it counts /dev/shm as well.`,
    };
  }
  const ofHome = homeRefusal(view, end.message ?? "");
  if (ofHome) return ofHome;
  const kill = probeKill(view, end, name);
  if (kill?.probe === "startup") return startTimedOut(view, kill, role, name);
  if (kill) return notAnswering(quoted(kill.said ?? ""));
  const signal = signalName(end);
  const line = publicWords(view, lastLine(end.message));
  const silence = wasUsed(view) ? "What it said last may be its user's, and is not shown here" : "It said nothing";
  const log = line === undefined ? silence : `Its last words: "${line}"`;
  return {
    reason: "CrashLoop",
    message: `The desktop's ${role} ended with exit code ${end.exitCode}${signal === undefined ? "" : ` (${signal})`}, and is started again. ${log}. See \`${logs(view, name)} --previous\`.`,
  };
}

function startTimedOut(view: SessionView, { seconds, said }: ProbeKill, role: string, name: string): Finding {
  const after = seconds === undefined ? "" : ` after ${seconds} s`;
  const met = said === undefined ? "" : ` (${quoted(said)})`;
  return {
    reason: "StartupProbeFailed",
    message:
      `The desktop's ${role} was killed${after} by its startup probe, and is started again: its stream did not answer until then${met}. ` +
      `If the image needs more time for its start, raise spec.progressDeadline of VDITemplate ${view.session.spec.template}, which the probe follows, then suspend and resume the session; ` +
      `else see \`${logs(view, name)} --previous\`, and that port and healthPath of the template's runtime fit the image.`,
  };
}

/** Of what a signal ended, a shell tells 128 and the signal's number. */
function signalName({ signal, exitCode }: Ended): string | undefined {
  const number = signal ?? exitCode - 128;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}

function initStuck(
  view: SessionView,
  { name, state }: ContainerStatus,
  step: number,
  all: number,
  moment: Moment,
): Finding | undefined {
  if (!state?.running || !moment.isLaterThan(state.running.startedAt, initMs)) return undefined;
  return {
    reason: "InitStuck",
    message: `Init container ${name} (${step + 1} of ${all}) does not end. Look at what it does with \`${logs(view, name)}\`.`,
  };
}

function logs({ pod }: SessionView, container: string): string {
  return `kubectl logs ${pod?.metadata.name ?? ""} --container ${container}`;
}
