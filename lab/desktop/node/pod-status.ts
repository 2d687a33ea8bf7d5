import type { Container, Pod } from "./pod-spec.ts";

/** What has become of one container. */
export interface ContainerState {
  readonly container: Container;
  readonly isInit: boolean;
  readonly restarts: number;
  readonly now: Waiting | Running | Terminated;
  readonly last?: Terminated;
  /** Passed its startup probe, or has none. */
  readonly isStarted: boolean;
  readonly isReady: boolean;
}

export interface Waiting {
  readonly kind: "waiting";
  readonly reason: string;
  readonly message?: string;
}

export interface Running {
  readonly kind: "running";
  readonly startedAt: string;
}

export interface Terminated {
  readonly kind: "terminated";
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface PodFacts {
  readonly states: readonly ContainerState[];
  readonly podIp: string;
  readonly hostIp: string | undefined;
  readonly startTime: string;
  /** All of its containers have ended, and none is started again. */
  readonly isOver: boolean;
}

interface Condition {
  type: string;
  status: string;
  reason?: string | null;
  message?: string | null;
  lastTransitionTime: string;
}

/** The pod's status as a kubelet words it. Conditions of others stay; times of conditions that did not change, too. */
export function podStatus(pod: Pod, facts: PodFacts, now: string): Record<string, unknown> {
  const { states, podIp, hostIp, startTime, isOver } = facts;
  const inits = states.filter(({ isInit }) => isInit);
  const mains = states.filter(({ isInit }) => !isInit);
  const undone = inits.filter((it) => !isDone(it)).map(({ container }) => container.name);
  const unready = mains.filter(({ isReady }) => !isReady).map(({ container }) => container.name);
  const notReady: Fact = isOver
    ? ["False", "PodCompleted"]
    : unready.length > 0
      ? ["False", "ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`]
      : ["True"];
  const initialized: Fact =
    undone.length > 0
      ? ["False", "ContainersNotInitialized", `containers with incomplete status: [${undone.join(" ")}]`]
      : ["True"];
  return {
    phase: phaseOf(mains, undone.length > 0, isOver),
    startTime,
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    ...(hostIp !== undefined && { hostIP: hostIp, hostIPs: [{ ip: hostIp }] }),
    conditions: conditions(pod, now, {
      PodReadyToStartContainers: [isOver ? "False" : "True"],
      Initialized: initialized,
      Ready: notReady,
      ContainersReady: notReady,
    }),
    ...(inits.length > 0 && { initContainerStatuses: inits.map((it) => statusOf(pod, it)) }),
    containerStatuses: mains.map((it) => statusOf(pod, it)),
  };
}

type Fact = readonly [status: "True" | "False", reason?: string, message?: string];

function conditions(pod: Pod, now: string, facts: Readonly<Record<string, Fact>>): Condition[] {
  const before = ((pod.status as { conditions?: Condition[] } | undefined)?.conditions ?? []).filter(
    ({ type }) => !(type in facts),
  );
  const known = (pod.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
  return [
    ...before,
    ...Object.entries(facts).map(([type, [status, reason, message]]) => {
      const was = known.find((it) => it.type === type);
      const lastTransitionTime = was?.status === status ? was.lastTransitionTime : now;
      return { type, status, lastTransitionTime, ...(reason && { reason }), ...(message && { message }) };
    }),
  ];
}

function phaseOf(mains: readonly ContainerState[], isInitializing: boolean, isOver: boolean): string {
  if (isOver) return mains.every(({ now }) => now.kind === "terminated" && now.exitCode === 0) ? "Succeeded" : "Failed";
  const hasStarted = ({ now, restarts }: ContainerState) => now.kind !== "waiting" || restarts > 0;
  return !isInitializing && mains.every(hasStarted) ? "Running" : "Pending";
}

/** An init container that has ended well, or one that stays beside the others and has started. */
export function isDone({ container, now, isStarted }: ContainerState): boolean {
  if (container.restartPolicy === "Always") return now.kind === "running" && isStarted;
  return now.kind === "terminated" && now.exitCode === 0;
}

function statusOf({ metadata }: Pod, state: ContainerState): Record<string, unknown> {
  const { container, isInit, restarts, now, last, isStarted, isReady } = state;
  const { name, image } = container;
  const containerID = `processes://${metadata.uid}/${name}/${restarts}`;
  const wasStarted = now.kind !== "waiting" || restarts > 0;
  return {
    name,
    image,
    imageID: wasStarted ? image : "",
    ...(wasStarted && { containerID }),
    restartCount: restarts,
    ready: isInit ? isDone(state) : isReady,
    started: now.kind === "running" && isStarted,
    state: wire(now),
    ...(last && { lastState: wire(last) }),
  };
}

function wire({ kind, ...rest }: Waiting | Running | Terminated): Record<string, unknown> {
  return { [kind]: rest };
}
