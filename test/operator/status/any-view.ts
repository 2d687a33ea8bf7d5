import fc from "fast-check";
import type { ClusterEvent, ContainerStatus, Node, PersistentVolumeClaim, Pod } from "../../../operator/kinds.ts";
import type { Refusal, SessionView } from "../../../operator/view/session-view.ts";
import { annotations, labels } from "../../../operator/resources/labels.ts";
import { ago, session, template } from "./views.ts";

// Any object that the API server could give: what a kind requires is there, everything else may be missing.

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const partly = <T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }, required: (keyof T)[] = []) =>
  fc.record(fields, { requiredKeys: required }) as fc.Arbitrary<T>;

const time = fc.constantFrom(ago(7200), ago(90), ago(30), ago(5), ago(-5));
const status = fc.constantFrom("True", "False", "Unknown");
const message = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {a: b}. preemption: no.",
    "0/1 nodes are available: 1 node(s) had volume node affinity conflict.",
    "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
    'Back-off pulling image "a": ErrImagePull: not found',
    'Pulling image "a"',
    "mkdir: /home: Permission denied",
    "Container desktop failed startup probe, will be restarted",
    "Startup probe failed: connection refused",
    "The node was low on resource: memory. Threshold quantity: 1Mi.",
  ),
);

const state = partly<NonNullable<ContainerStatus["state"]>>({
  waiting: partly({
    reason: fc.constantFrom(
      "ContainerCreating",
      "CrashLoopBackOff",
      "ImagePullBackOff",
      "CreateContainerConfigError",
      "RunContainerError",
    ),
    message,
  }),
  running: partly({ startedAt: time }),
  terminated: partly(
    {
      exitCode: fc.constantFrom(0, 1, 128, 137, 139, 255),
      signal: fc.constantFrom(9, 15),
      reason: fc.constantFrom("Error", "OOMKilled", "StartError"),
      message,
      startedAt: time,
      finishedAt: time,
    },
    ["exitCode"],
  ),
});

const container = partly<ContainerStatus>(
  {
    name: fc.constantFrom("desktop", "home"),
    ready: fc.boolean(),
    started: fc.boolean(),
    restartCount: fc.nat(3),
    image: fc.constantFrom("a", "registry.example.com/a:1"),
    state,
    lastState: state,
  },
  ["name", "ready", "restartCount"],
);

const pod: fc.Arbitrary<Pod> = partly<Pod>(
  {
    metadata: partly<Pod["metadata"]>(
      {
        name: fc.constant("alice-x"),
        creationTimestamp: time,
        deletionTimestamp: time,
        labels: fc.constant({ [labels.pool]: "p" }),
        annotations: fc.constant({ [annotations.gpuResource]: "nvidia.com/gpu" }),
      },
      ["name"],
    ),
    spec: partly<NonNullable<Pod["spec"]>>({ nodeName: fc.constantFrom("a", "b") }),
    status: partly<NonNullable<Pod["status"]>>({
      phase: fc.constantFrom("Pending", "Running", "Succeeded", "Failed"),
      reason: fc.constantFrom("Evicted", "UnexpectedAdmissionError", "OutOfcpu", "NodeLost", "other"),
      message,
      conditions: fc.array(
        partly(
          {
            type: fc.constantFrom("PodScheduled", "Ready", "PodReadyToStartContainers", "DisruptionTarget"),
            status,
            reason: fc.constant("Unschedulable"),
            message,
          },
          ["type", "status"],
        ),
        { maxLength: 4 },
      ),
      initContainerStatuses: fc.array(container, { maxLength: 2 }),
      containerStatuses: fc.array(container, { maxLength: 2 }),
    }),
  },
  ["metadata"],
);

const node: fc.Arbitrary<Node> = partly<Node>(
  {
    metadata: partly<Node["metadata"]>(
      {
        name: fc.constantFrom("a", "b", "c"),
        labels: fc.dictionary(
          fc.constantFrom("nvidia.com/gpu.count", "nvidia.com/gpu.replicas"),
          fc.constantFrom("1", "8", "x"),
        ),
      },
      ["name"],
    ),
    spec: partly<NonNullable<Node["spec"]>>({
      unschedulable: fc.boolean(),
      taints: fc.array(
        partly({ key: fc.string(), value: fc.string(), effect: fc.constantFrom("NoSchedule", "PreferNoSchedule") }, [
          "key",
          "effect",
        ]),
      ),
    }),
    status: partly<NonNullable<Node["status"]>>({
      allocatable: fc.dictionary(
        fc.constantFrom("nvidia.com/gpu", "nvidia.com/gpu.shared", "cpu"),
        fc.constantFrom("0", "1", "8", "many"),
      ),
      conditions: fc.array(partly({ type: fc.constant("Ready"), status }, ["type", "status"]), { maxLength: 1 }),
    }),
  },
  ["metadata"],
);

const home = partly<PersistentVolumeClaim>(
  {
    metadata: partly<PersistentVolumeClaim["metadata"]>(
      {
        name: fc.constant("home-a"),
        deletionTimestamp: time,
        annotations: fc.constant({ "volume.kubernetes.io/selected-node": "a" }),
      },
      ["name"],
    ),
    spec: partly<NonNullable<PersistentVolumeClaim["spec"]>>({ volumeName: fc.constant("pvc-1") }),
    status: partly<NonNullable<PersistentVolumeClaim["status"]>>({
      phase: fc.constantFrom("Pending", "Bound", "Lost"),
    }),
  },
  ["metadata"],
);

const event: fc.Arbitrary<ClusterEvent> = fc.record({
  type: fc.constantFrom("Normal", "Warning"),
  reason: fc.constantFrom(
    "Pulling",
    "Pulled",
    "Failed",
    "FailedMount",
    "FailedCreatePodSandBox",
    "ProvisioningFailed",
    "Unhealthy",
    "Killing",
    "WaitForFirstConsumer",
  ),
  message,
  lastTime: time,
});

const refusal: fc.Arbitrary<Refusal> = fc.record({
  kind: fc.constantFrom("Pod", "PersistentVolumeClaim", "Secret", "Service", "IngressRoute", "NetworkPolicy"),
  why: fc.constantFrom("Quota", "Held", "Missing", "Terminating", "Invalid", "Forbidden", "Failing"),
  message,
});

const child = some(fc.constant({ metadata: { name: "alice-x" }, fingerprint: "f" }));

const anySession = fc
  .record({
    desiredState: fc.constantFrom("Running", "Suspended"),
    enabled: fc.boolean(),
    timeout: fc.constantFrom("1m", "3m", "8h"),
    idle: some(fc.constant({ after: "30m", action: "Suspend" as const, warnBefore: "5m" })),
    isDeleted: fc.boolean(),
  })
  .map(({ desiredState, enabled, timeout, idle, isDeleted }) => {
    const it = session({
      spec: { desiredState, timeout, persistence: { enabled, size: "1Gi", reclaim: "Retain" }, ...(idle && { idle }) },
    });
    return isDeleted ? { ...it, metadata: { ...it.metadata, deletionTimestamp: ago(1) } } : it;
  });

export const anyView: fc.Arbitrary<SessionView> = fc.record({
  session: anySession,
  template: some(fc.constantFrom(template(), template({ nodeSelector: { pool: "x" } }))),
  templateProblem: some(fc.constant({ reason: "NotAllowed" as const, message: "not for you." })),
  pod: some(pod),
  home: some(home),
  service: child,
  route: child,
  networkPolicy: child,
  homeHolder: some(fc.constant(session())),
  oneTooMany: some(fc.oneof(fc.constant({ session: session() }), fc.record({ pod }))),
  homeRemains: some(pod),
  homeRival: some(pod),
  homeIsShared: fc.boolean(),
  homeAtEnd: fc.constant(undefined),
  timeDoubt: some(fc.constant("the clocks do not agree")),
  isAdmitted: fc.boolean().map((it) => () => it),
  routeAnswer: some(fc.record({ ok: fc.boolean(), message: fc.constant("Traefik has no route.") })),
  nodes: fc.array(node, { maxLength: 3 }),
  usableTemplates: fc.constant(() => [template()]),
  slicesInUse: fc.constantFrom(
    () => 0,
    () => 8,
  ),
  events: fc.array(event, { maxLength: 4 }),
  refusals: fc.array(refusal, { maxLength: 2 }),
  stream: some(fc.record({ ok: fc.boolean(), message })),
  activity: some(
    fc.record({
      atMs: fc.constant(Date.parse(ago(5))),
      connected: some(fc.boolean()),
      message: fc.constant("The look failed."),
    }),
  ),
});
