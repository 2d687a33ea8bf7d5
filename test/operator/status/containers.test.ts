import { expect } from "chai";
import type { ContainerStatus } from "../../../operator/kinds.ts";
import { sessionStatus, statusChanged, statusRecheckMs } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { ago, container, now, podWith, session, settings, template, view } from "./views.ts";

type Ended = NonNullable<NonNullable<ContainerStatus["lastState"]>["terminated"]>;

const crashing = (terminated: Ended, status: Partial<ContainerStatus> = {}) =>
  view({
    pod: podWith([
      container({
        restartCount: 5,
        state: {
          waiting: { reason: "CrashLoopBackOff", message: "back-off 2m40s restarting failed container=desktop" },
        },
        lastState: { terminated },
        ...status,
      }),
    ]),
  });
const unhealthy = (probe: string, lastTime: string) => ({
  ...{ type: "Warning" as const, reason: "Unhealthy", lastTime },
  message: `${probe} probe failed: Get "http://10.42.1.7:8080/api/health": dial tcp 10.42.1.7:8080: connect: connection refused`,
});
const killed = (probe: string, lastTime: string) => ({
  ...{ type: "Normal" as const, reason: "Killing", lastTime },
  message: `Container desktop failed ${probe} probe, will be restarted`,
});
const waiting = (reason: string, message: string) =>
  view({ pod: podWith([container({ state: { waiting: { reason, message } } })]) });
const init = (name: string, status: Partial<ContainerStatus>) => container({ name, ...status });
const done = { ready: true, state: { terminated: { exitCode: 0, reason: "Completed" } } };

describe("why a container does not run", () => {
  readyTable({
    "it crashes: exit code and last words are told, not how often and when next": [
      crashing({ exitCode: 1, reason: "Error", message: "starting\n2026-03-01T11:59:00Z cannot open display :20\n\n" }),
      [
        "CrashLoop",
        "container desktop ended with exit code 1",
        'last words: "cannot open display :20"',
        /^(?!.*(2m40s|11:59))/,
      ],
    ],
    "it crashes by a signal": [
      crashing({ exitCode: 139, reason: "Error" }),
      ["CrashLoop", "exit code 139 (SIGSEGV)", "It said nothing"],
    ],
    "it ends by itself": [crashing({ exitCode: 0, reason: "Completed" }), ["CrashLoop", "exit code 0, "]],
    "its last words hold a password": [
      crashing({ exitCode: 1, message: "auth failed: password=hunter2 token: abc" }),
      ["CrashLoop", "password=***", /^(?!.*(hunter2|abc))/],
    ],
    "it had a user, whose words others are not told": [
      {
        ...crashing({ exitCode: 1, message: "cannot save /home/alice/notice-to-bob.odt" }),
        session: session({ status: { readyTime: ago(30) } }),
      },
      ["CrashLoop", "exit code 1", "is not shown here", "kubectl logs", /^(?!.*bob)/],
    ],
    "it had a user, and its home is full": [
      {
        ...crashing({ exitCode: 1, message: "/config/notice-to-bob.odt: No space left on device" }),
        session: session({ status: { readyTime: ago(30) } }),
        template: template({ runtime: { type: "linuxserver" } }),
      },
      ["HomeFull", "is full.", /^(?!.*bob)/],
    ],
    "it is another than the one that had a user": [
      {
        ...crashing({ exitCode: 1, message: "no display" }),
        session: session({ status: { readyTime: ago(3600) } }),
      },
      ["CrashLoop", 'last words: "no display"'],
    ],
    "it is out of memory: the limit is named": [
      crashing({ exitCode: 137, reason: "OOMKilled" }),
      ["OutOfMemory", "memory limit of 4Gi", "spec.resources.memory"],
    ],
    "it has just ended for the first time": [
      view({ pod: podWith([container({ state: { terminated: { exitCode: 2, reason: "Error" } } })]) }),
      ["CrashLoop", "exit code 2"],
    ],
    "it runs between two crashes": [
      crashing({ exitCode: 3 }, { state: { running: { startedAt: ago(2) } } }),
      ["CrashLoop", "exit code 3"],
    ],
    "its startup probe ended it, and it ended well: how long it had, and how to give it more": [
      {
        ...crashing({ exitCode: 0, reason: "Completed", startedAt: ago(607), finishedAt: ago(5) }),
        events: [unhealthy("Startup", ago(6)), killed("startup", ago(5))],
      },
      [
        "StartupProbeFailed",
        "container desktop was killed after 602 s by its startup probe",
        "connection refused",
        "raise spec.progressDeadline of VDITemplate ubuntu",
        "healthPath",
      ],
    ],
    "its startup probe ended it, and the kubelet had too many events to tell so": [
      {
        ...crashing({ exitCode: 137, reason: "Error", startedAt: ago(640), finishedAt: ago(5) }),
        events: [unhealthy("Startup", ago(300))],
      },
      ["StartupProbeFailed", "killed after 635 s by its startup probe"],
    ],
    "its liveness probe ended it: the stream is what is wrong": [
      {
        ...crashing({ exitCode: 143, reason: "Error", startedAt: ago(600), finishedAt: ago(5) }),
        events: [unhealthy("Liveness", ago(7)), killed("liveness", ago(6))],
      },
      ["StreamNotAnswering", "connection refused", "healthPath"],
    ],
    "it was killed long after a start on which the probe failed at first, as it always does": [
      {
        ...crashing({ exitCode: 137, reason: "Error", startedAt: ago(3000), finishedAt: ago(5) }),
        events: [unhealthy("Startup", ago(2990))],
      },
      ["CrashLoop", "exit code 137 (SIGKILL)"],
    ],
    "it crashes at once where an earlier one was ended by its probe": [
      {
        ...crashing({ exitCode: 1, reason: "Error", startedAt: ago(20), finishedAt: ago(5) }),
        events: [unhealthy("Startup", ago(31)), killed("startup", ago(30))],
      },
      ["CrashLoop", "exit code 1, "],
    ],
    "its environment refers to what is not there": [
      waiting("CreateContainerConfigError", 'secret "alice-x" not found'),
      ["ContainerConfigError", 'secret "alice-x" not found'],
    ],
    "the runtime cannot start it": [
      waiting(
        "RunContainerError",
        'failed to create containerd task: failed to create shim task: exec: "/start": no such file or directory',
      ),
      ["ContainerStartFailed", "no such file or directory"],
    ],
    "the runtime could not start it, and the kubelet waits": [
      crashing({
        exitCode: 128,
        reason: "StartError",
        message: "failed to create containerd task: nvidia-container-cli: device error",
      }),
      ["ContainerStartFailed", "nvidia-container-cli: device error"],
    ],
    "the init container before it crashes": [
      view({
        pod: podWith(
          [container()],
          [
            init("home", {
              restartCount: 5,
              state: { waiting: { reason: "CrashLoopBackOff" } },
              lastState: { terminated: { exitCode: 7 } },
            }),
          ],
        ),
      }),
      ["CrashLoop", "init container home ended with exit code 7"],
    ],
    "the second of three init containers does not end": [
      view({
        pod: podWith(
          [container()],
          [
            init("a", done),
            init("b", { state: { running: { startedAt: ago(61) } } }),
            init("c", { state: { waiting: { reason: "PodInitializing" } } }),
          ],
        ),
      }),
      ["InitStuck", "Init container b (2 of 3) does not end"],
    ],
    "an init container has only just begun": [
      view({ pod: podWith([container()], [init("a", { state: { running: { startedAt: ago(10) } } })]) }),
      ["Starting"],
    ],
  });

  it("is looked at again when an init container has had its time", () => {
    const starting = view({ pod: podWith([container()], [init("a", { state: { running: { startedAt: ago(10) } } })]) });
    expect(statusRecheckMs(starting, now)).to.equal(50_000);
  });

  it("is told once, however often the container comes and goes", () => {
    const end = { exitCode: 1, reason: "Error", message: "12:00:01 no display" };
    const before = sessionStatus(crashing(end), settings, now);
    const steps = [
      crashing(end, { state: { running: { startedAt: ago(1) } }, restartCount: 6 }),
      crashing(end, { state: { terminated: { ...end, message: "12:05:44 no display" } }, restartCount: 6 }),
      crashing(end, { restartCount: 7 }),
    ];
    for (const step of steps) {
      const it = { ...step, session: session({ status: before }) };
      expectReady(it, ["CrashLoop"]);
      expect(statusChanged(before, sessionStatus(it, settings, now))).to.equal(false);
    }
  });
});
