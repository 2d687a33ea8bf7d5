import { expect } from "chai";
import type { Pod } from "../../../../lab/desktop/node/pod-spec.ts";
import { podStatus } from "../../../../lab/desktop/node/pod-status.ts";
import type { ContainerState, PodFacts } from "../../../../lab/desktop/node/pod-status.ts";

const now = "2026-01-01T00:00:10Z";
const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" };
const pod = {
  metadata: { name: "alice-x", namespace: "kasm-vdi", uid: "u" },
  spec: { containers: [] },
  status: { phase: "Pending", conditions: [scheduled] },
} as unknown as Pod;

const state = (name: string, changes: Partial<ContainerState>): ContainerState => ({
  ...{ container: { name, image: "desktop:1" }, isInit: false, restarts: 0, isStarted: false, isReady: false },
  now: { kind: "waiting", reason: "PodInitializing" },
  ...changes,
});
const running = { kind: "running", startedAt: now } as const;
const ended = (exitCode: number) =>
  ({
    kind: "terminated",
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    startedAt: now,
    finishedAt: now,
  }) as const;

const statusOf = (states: ContainerState[], changes: Partial<PodFacts> = {}) =>
  podStatus(
    pod,
    { states, podIp: "10.42.254.2", hostIp: "10.42.254.1", startTime: now, isOver: false, ...changes },
    now,
  ) as {
    phase: string;
    podIP: string;
    conditions: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: { ready: boolean }[];
    containerStatuses: { ready: boolean; started: boolean; restartCount: number; state: object; lastState?: object }[];
  };
const condition = (status: ReturnType<typeof statusOf>, type: string) =>
  status.conditions.find((it) => it.type === type);

describe("the status of a pod that is run by processes", () => {
  it("is Pending with its address while an init container works, and keeps what the scheduler said", () => {
    const status = statusOf([state("home", { isInit: true, now: running }), state("desktop", {})]);
    expect([status.phase, status.podIP]).to.deep.equal(["Pending", "10.42.254.2"]);
    expect(condition(status, "Initialized")).to.include({
      status: "False",
      message: "containers with incomplete status: [home]",
    });
    expect(status.conditions[0]).to.deep.equal(scheduled);
  });

  it("is Running from the desktop's start on, and ready when its probe passes", () => {
    const home = state("home", { isInit: true, now: ended(0) });
    const starting = statusOf([home, state("desktop", { now: running })]);
    expect([starting.phase, condition(starting, "Ready")?.reason]).to.deep.equal(["Running", "ContainersNotReady"]);
    expect(starting.containerStatuses[0]).to.include({ ready: false, started: false });
    const ready = statusOf([home, state("desktop", { now: running, isStarted: true, isReady: true })]);
    expect([condition(ready, "Ready")?.status, ready.initContainerStatuses?.[0]?.ready]).to.deep.equal(["True", true]);
  });

  it("stays Running over a crash, with what it was and how often", () => {
    const waiting = { kind: "waiting", reason: "CrashLoopBackOff" } as const;
    const status = statusOf([state("desktop", { now: waiting, last: ended(1), restarts: 2 })]);
    expect(status.phase).to.equal("Running");
    expect(status.containerStatuses[0]).to.deep.include({
      restartCount: 2,
      state: { waiting: { reason: "CrashLoopBackOff" } },
    });
    expect(status.containerStatuses[0]?.lastState).to.have.nested.property("terminated.exitCode", 1);
  });

  it("is final before it goes: Succeeded only where all ended well", () => {
    const phase = (exitCode: number) => statusOf([state("desktop", { now: ended(exitCode) })], { isOver: true }).phase;
    expect([phase(0), phase(137)]).to.deep.equal(["Succeeded", "Failed"]);
  });
});
