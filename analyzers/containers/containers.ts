import { currentInit, isSidecar } from "./pod-progress.ts";
import { constants } from "node:os";
import type { Container, ContainerState, ContainerStatus, Pod } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import { lastLine, quoted } from "../../kube/sentences.ts";
import type { containers } from "../catalog/containers.ts";
import { startVerdict } from "./container-start.ts";
import type { Role } from "./container-start.ts";
import { imageRefusal } from "./image-needs.ts";
import { killedByProbe, notReadyVerdict } from "./probes.ts";
import { isReady } from "../readiness.ts";
import type { Said, Verdict } from "../verdict.ts";

export type ContainerCode = keyof typeof containers;

type Ended = NonNullable<ContainerState["terminated"]>;

/** What is known of one container, for whoever judges it. */
export interface ContainerFacts {
  readonly status: ContainerStatus;
  readonly role: Role;
  /** Of the pod, oldest first. */
  readonly events: readonly Said[];
  /** `kubectl logs ...` for this container. */
  readonly logs: string;
  /** The container in the pod's spec, where that is known. */
  readonly spec?: Container;
  readonly memoryLimit?: string;
  /** What a container's end says, as far as it may be told; undefined: it is kept to oneself. */
  readonly publicWords?: (words: string | undefined) => string | undefined;
  /** Whether the words of its end are those of its log: it left no termination message. */
  readonly isLog?: boolean;
  /** Whether somebody may have used the container, so that its words are kept back. */
  readonly isPrivate?: boolean;
}

/**
 * Why a container is not created, not started, or ended. Between two tries it runs for a while: what ended the last one is
 * still the case until it is ready.
 */
export function containerVerdict(facts: ContainerFacts): Verdict<ContainerCode> | undefined {
  const { status, role } = facts;
  const { state, lastState, restartCount } = status;
  const waiting = state?.waiting;
  return (
    startVerdict(waiting?.reason ?? "", waiting?.message ?? "", role) ??
    endVerdict(facts, endOf({ state, lastState, restartCount }))
  );
}

/** The end that counts: the present one, or that of the run before. */
export function endOf({
  state,
  lastState,
  restartCount,
}: Pick<ContainerStatus, "state" | "lastState" | "restartCount">): Ended | undefined {
  return state?.terminated ?? (restartCount !== 0 ? lastState?.terminated : undefined);
}

/** Why a container that runs is not ready; for a container that has had its time to start. */
export function unreadyVerdict({ status, events, role }: ContainerFacts): Verdict<ContainerCode> | undefined {
  return status.state?.running && !status.ready ? notReadyVerdict(status, events, role) : undefined;
}

/** The containers that can be what keeps a pod: the first init container that is not done, else those that are not ready. */
export function openContainers(pod: Pod): { status: ContainerStatus; isInit: boolean; step: string }[] {
  const init = currentInit(pod);
  if (init) return [{ status: init.status, isInit: true, step: `${init.step} of ${init.of}` }];
  if (isReady(pod)) return [];
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = pod.status ?? {};
  const isOpenSidecar = ({ name, ready }: ContainerStatus) => !ready && isSidecar(pod, name);
  const open = [...inits.filter(isOpenSidecar), ...mains.filter((it) => !it.ready)];
  return open.map((it) => ({ status: it, isInit: inits.includes(it), step: "" }));
}

/** An init container that works for long; it waits for something, or hangs. */
export function initVerdict({ role, logs }: ContainerFacts, step: string): Verdict<ContainerCode> {
  return {
    code: "InitStuck",
    problem: `${role.text} (${step}) does not end.`,
    remedy: "See in its log what it waits for.",
    command: logs,
    risk: "safe",
  };
}

function endVerdict(facts: ContainerFacts, end: Ended | undefined): Verdict<ContainerCode> | undefined {
  if (!end) return undefined;
  const { role, status, events, spec, memoryLimit, publicWords = asTheyAre } = facts;
  const words = end.message ?? "";
  const failedStart = startVerdict(end.reason ?? "", words, role);
  if (failedStart) return failedStart;
  if (end.reason === "OOMKilled")
    return {
      code: "OutOfMemory",
      problem: `${role.text} was killed since it used more than its memory limit${memoryLimit === undefined ? "" : ` of ${memoryLimit}`}.`,
      remedy: "Raise the limit (spec.resources.memory of a session); /dev/shm counts as well.",
    };
  const byProbe = killedByProbe(end, events, role, status.name, spec);
  if (byProbe) return byProbe;
  const needs = imageRefusal(words, role);
  if (needs) return needs;
  return crash(facts, end, publicWords(tellingLine(words)));
}

function crash(
  { role, logs, isLog = false, isPrivate = false }: ContainerFacts,
  end: Ended,
  line: string | undefined,
): Verdict<ContainerCode> {
  const signal = signalName(end);
  const silence = isPrivate ? "What it said last may be its user's, and is not shown here" : "It said nothing";
  const said = line === undefined ? silence : `Its ${isLog ? "log says" : "termination message"}: "${line}"`;
  return {
    code: "CrashLoop",
    problem: `${role.text} ended with exit code ${end.exitCode}${signal === undefined ? "" : ` (${signal})`}, and is started again. ${said}.`,
    remedy: `See \`${logs} --previous\`.`,
    command: `${logs} --previous`,
    risk: "safe",
  };
}

function asTheyAre(words: string | undefined): string | undefined {
  return words;
}

/** The last line that names an error; else the last one. What follows an error is often of another thread. */
function tellingLine(words: string): string | undefined {
  const lines = untrusted(words).split("\n");
  const error = lines.findLast((it) => errorWords.test(it));
  return error === undefined ? lastLine(words) : quoted(error);
}

const errorWords =
  /\b(error|fatal|panic|cannot|can't|could not|failed|denied|refused|no such|not found|unable|invalid|exception)\b/i;

/** Of what a signal ended, a shell tells 128 and the signal's number. */
function signalName({ signal, exitCode }: Ended): string | undefined {
  const number = signal ?? exitCode - 128;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
