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
const waiting = (reason: string, message: string) =>
  view({ pod: podWith([container({ state: { waiting: { reason, message } } })]) });
const during = { startedAt: ago(60), finishedAt: ago(5) };
const unhealthy = (seconds: number) => ({
  type: "Warning" as const,
  reason: "Unhealthy",
  message:
    'Startup probe failed: Get "http://10.42.1.7:8080/api/health": dial tcp 10.42.1.7:8080: connect: connection refused',
  lastTime: ago(seconds),
});
const killing = (seconds: number) => ({
  type: "Normal" as const,
  reason: "Killing",
  message: "Container desktop failed startup probe, will be restarted",
  lastTime: ago(seconds),
});
const init = (name: string, status: Partial<ContainerStatus>) => container({ name, ...status });
const done = { ready: true, state: { terminated: { exitCode: 0, reason: "Completed" } } };

describe("why a container does not run", () => {
  readyTable({
    "it crashes: exit code and termination message are told, not how often and when next": [
      crashing({ exitCode: 1, reason: "Error", message: "starting\n2026-03-01T11:59:00Z cannot open display :20\n\n" }),
      [
        "CrashLoop",
        "Container desktop ended with exit code 1",
        'termination message: "cannot open display :20"',
        /^(?!.*(2m40s|11:59))/,
      ],
    ],
    "it crashes by a signal": [
      crashing({ exitCode: 139, reason: "Error" }),
      ["CrashLoop", "exit code 139 (SIGSEGV)", "It said nothing"],
    ],
    "it ends by itself": [crashing({ exitCode: 0, reason: "Completed" }), ["CrashLoop", "exit code 0, "]],
    "its termination message hold a password": [
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
      ["VolumeFull", "is full.", /^(?!.*bob)/],
    ],
    "it is another than the one that had a user": [
      {
        ...crashing({ exitCode: 1, message: "no display" }),
        session: session({ status: { readyTime: ago(3600) } }),
      },
      ["CrashLoop", 'termination message: "no display"'],
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
    "its startup probe ended it": [
      { ...crashing({ ...during, exitCode: 137, reason: "Error" }), events: [unhealthy(8), killing(6)] },
      ["KilledByProbe", "its startup probe failed", "connection refused", "port and path"],
    ],
    "its startup probe ended it, and it stopped as it was asked to": [
      { ...crashing({ ...during, exitCode: 0, reason: "Completed" }), events: [unhealthy(8), killing(6)] },
      ["KilledByProbe", "connection refused"],
    ],
    "it was killed by another, long after its probes failed at its start": [
      { ...crashing({ ...during, exitCode: 137, reason: "Error" }), events: [unhealthy(50)] },
      ["CrashLoop", "exit code 137 (SIGKILL)", /^(?!.*probe)/],
    ],
    "its startup probe ended an earlier run, and this one crashed": [
      {
        ...crashing({ exitCode: 3, startedAt: ago(20), finishedAt: ago(4) }),
        events: [unhealthy(45), killing(40)],
      },
      ["CrashLoop", "exit code 3"],
    ],
    "its startup probe ended it: how long it had, and how to give it more": [
      { ...crashing({ startedAt: ago(607), finishedAt: ago(5), exitCode: 0 }), events: [unhealthy(8), killing(6)] },
      ["KilledByProbe", "for 600 s", "raise spec.progressDeadline of VDITemplate ubuntu"],
    ],
    "its startup probe ended it, and the kubelet had too many events to tell so": [
      { ...crashing({ startedAt: ago(640), finishedAt: ago(5), exitCode: 137 }), events: [unhealthy(300)] },
      ["KilledByProbe", "its startup probe failed for 600 s"],
    ],
    "it was killed long after a start on which the probe failed at first, as it always does": [
      { ...crashing({ startedAt: ago(3000), finishedAt: ago(5), exitCode: 137 }), events: [unhealthy(2990)] },
      ["CrashLoop", "exit code 137 (SIGKILL)"],
    ],
    "its environment refers to what is not there": [
      waiting("CreateContainerConfigError", 'secret "alice-x" not found'),
      ["SecretMissing", "Secret alice-x does not exist"],
    ],
    "the runtime cannot start it": [
      waiting(
        "RunContainerError",
        'failed to create containerd task: failed to create shim task: exec: "/start": no such file or directory',
      ),
      ["CommandNotFound", "does not have the command /start", "VDITemplate ubuntu"],
    ],
    "the runtime could not start it, and the kubelet waits": [
      crashing({
        exitCode: 128,
        reason: "StartError",
        message: "failed to create containerd task: nvidia-container-cli: device error",
      }),
      ["GpuNotUsable", "nvidia-container-cli: device error", "nvidia-smi on gpu-1"],
    ],
    "the node's driver was updated, and the node not restarted: the image has no part in it": [
      waiting(
        "RunContainerError",
        "failed to create containerd task: nvidia-container-cli: initialization error: nvml error: driver/library version mismatch",
      ),
      ["GpuDriverMismatch", "gpu-1", "Restart gpu-1", /^(?!.*spec.image)/],
    ],
    "it is built for another processor": [
      waiting("RunContainerError", "failed to create containerd task: exec /init: exec format error"),
      ["ExecFormatError", "another kind of processor"],
    ],
    "a key of its environment is missing": [
      waiting("CreateContainerConfigError", "couldn't find key password in Secret kasm-vdi/alice-x"),
      ["ConfigKeyMissing", "Secret alice-x has no key password"],
    ],
    "its image runs as root, and it may not": [
      waiting(
        "CreateContainerConfigError",
        "container has runAsNonRoot and image will run as root (pod: alice-x, container: desktop)",
      ),
      ["ImageRunsAsRoot", "runs as root"],
    ],
    "s6 starts as root, and it may not": [
      crashing({ exitCode: 100, message: "s6-overlay-preinit: fatal: /run belongs to uid 0 instead of 1000\n" }),
      ["ImageNeedsRoot", "s6", "securityProfile"],
    ],
    "gamepads want a device of the node": [
      crashing({ exitCode: 1, message: "cannot open /dev/uinput: Permission denied\n" }),
      ["DeviceDenied", "/dev/uinput", "gamepads"],
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
      ["CrashLoop", "Init container home ended with exit code 7"],
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
