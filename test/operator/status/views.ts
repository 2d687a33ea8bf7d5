import type { VDISession, VDITemplate } from "../../../operator/api/objects.ts";
import type { ContainerStatus, Node, PersistentVolumeClaim, Pod } from "../../../operator/kinds.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";

export const now = new Date("2026-03-01T12:00:00Z");
export const settings = { domain: "vdi.example.com", streamCheck: "direct", traefikUrl: undefined } as const;

/** So many seconds before the tests' present. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace(".000Z", "Z");
}

export function session(
  changes: { spec?: Partial<VDISession["spec"]>; status?: VDISession["status"] } = {},
): VDISession {
  return {
    metadata: { name: "alice", namespace: "kasm-vdi", uid: "u-1", generation: 1, creationTimestamp: ago(120) },
    spec: {
      user: "alice@example.com",
      template: "ubuntu",
      desiredState: "Running",
      persistence: { enabled: true, size: "10Gi", reclaim: "Retain" },
      timeout: "8h",
      ...changes.spec,
    },
    ...(changes.status && { status: changes.status }),
  };
}

export function template(spec: Partial<VDITemplate["spec"]> = {}): VDITemplate {
  return {
    metadata: { name: "ubuntu" },
    spec: {
      image: "registry.example.com/desktops/ubuntu:24.04",
      runtime: { type: "selkies-v2" },
      resources: { default: { gpu: 1, cpu: 2, memory: "4Gi" } },
      gpuResourceName: "nvidia.com/gpu",
      shmSize: "1Gi",
      ephemeralStorage: "10Gi",
      securityProfile: "restricted",
      networkMode: "Internet",
      access: "ForwardAuth",
      stream: "WebSocket",
      progressDeadline: "10m",
      desktopPolicy: { clipboard: "Both", files: "Both", microphone: false },
      ...spec,
    },
  };
}

/** A pod without a node, made a minute ago. */
export function pod(status: Pod["status"] = {}, nodeName?: string): Pod {
  return {
    metadata: { name: "alice-x", namespace: "kasm-vdi", uid: "p-1", creationTimestamp: ago(60) },
    spec: nodeName === undefined ? {} : { nodeName },
    status: { phase: "Pending", ...status },
  };
}

/** What the scheduler says of a pod that it finds no node for. */
export function unschedulable(message: string): Pod {
  return pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] });
}

export function container(status: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name: "desktop",
    ready: false,
    restartCount: 0,
    image: "registry.example.com/desktops/ubuntu:24.04",
    ...status,
  };
}

/** A pod on gpu-1 with these containers. */
export function podWith(containers: ContainerStatus[], inits: ContainerStatus[] = []): Pod {
  return pod(
    {
      phase: "Running",
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "PodReadyToStartContainers", status: "True" },
        { type: "Ready", status: "False", reason: "ContainersNotReady" },
      ],
      initContainerStatuses: inits,
      containerStatuses: containers,
    },
    "gpu-1",
  );
}

export function readyPod(): Pod {
  return pod(
    {
      phase: "Running",
      podIP: "10.42.1.7",
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: "True" },
      ],
      containerStatuses: [container({ ready: true, started: true, state: { running: { startedAt: ago(50) } } })],
    },
    "gpu-1",
  );
}

export function node(
  name: string,
  changes: {
    labels?: Record<string, string>;
    allocatable?: Record<string, string>;
    isReady?: boolean;
    spec?: Node["spec"];
  } = {},
): Node {
  return {
    metadata: { name, ...(changes.labels && { labels: changes.labels }) },
    ...(changes.spec && { spec: changes.spec }),
    status: {
      allocatable: { cpu: "8", memory: "32Gi", pods: "110", ...changes.allocatable },
      conditions: [{ type: "Ready", status: changes.isReady === false ? "Unknown" : "True" }],
    },
  };
}

export function home(phase: "Pending" | "Bound" | "Lost", node?: string): PersistentVolumeClaim {
  const annotations = node === undefined ? undefined : { "volume.kubernetes.io/selected-node": node };
  return {
    metadata: { name: "home-alice", ...(annotations && { annotations }) },
    ...{ spec: { volumeName: "pvc-1" }, status: { phase } },
  };
}

const child = (name: string) => ({ metadata: { name }, fingerprint: "f" });

/** A session whose desktop runs on gpu-1, is reachable, and has everything; `changes` are what the test is about. */
export function view(changes: Partial<SessionView> = {}): SessionView {
  return {
    session: session(),
    template: template(),
    templateProblem: undefined,
    pod: readyPod(),
    home: home("Bound"),
    service: child("alice-x"),
    route: child("alice-x"),
    networkPolicy: child("alice-x"),
    homeHolder: undefined,
    oneTooMany: undefined,
    homeRemains: undefined,
    homeRival: undefined,
    homeIsShared: false,
    homeAtEnd: undefined,
    timeDoubt: undefined,
    nodes: [
      node("gpu-1", {
        allocatable: { "nvidia.com/gpu": "8" },
        labels: { "nvidia.com/gpu.count": "1", "nvidia.com/gpu.replicas": "8" },
      }),
    ],
    slicesInUse: () => 0,
    usableTemplates: () => [template()],
    isAdmitted: () => false,
    events: [],
    refusals: [],
    routeAnswer: undefined,
    stream: { ok: true, message: "answers" },
    activity: undefined,
    ...changes,
  };
}

/** Of a session that has just been created. */
export function nothingYet(changes: Partial<SessionView> = {}): SessionView {
  return view({
    ...{
      pod: undefined,
      home: undefined,
      service: undefined,
      route: undefined,
      networkPolicy: undefined,
      routeAnswer: undefined,
      stream: undefined,
    },
    ...changes,
  });
}
