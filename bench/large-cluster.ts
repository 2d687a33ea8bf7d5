import type { AnyObject } from "../kube/object.ts";

export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
  readonly events: number;
  /** Pods whose image cannot be pulled. */
  readonly failures: number;
}

const begun = "2026-01-01T00:00:00Z";

/** Objects of a cluster by kind, as large as those of a real one: a pod is 6 KB of JSON, half of which is its managed fields. */
export function largeCluster(size: ClusterSize): ReadonlyMap<string, readonly AnyObject[]> {
  const podName = (index: number) => `app-${index % 200}-${index.toString(36).padStart(5, "0")}`;
  return new Map([
    ["Node", range(size.nodes, node)],
    ["Pod", range(size.pods, (index) => pod(podName(index), index % size.nodes, index < size.failures))],
    ["Event", range(size.events, (index) => event(index, podName(index % size.pods)))],
    ["Namespace", range(10, (index) => ({ metadata: { name: `team-${index}`, creationTimestamp: begun } }))],
  ]);
}

function range<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function node(index: number): AnyObject {
  const amounts = { cpu: "64", memory: "256Gi", pods: "110", "ephemeral-storage": "500Gi" };
  const condition = (type: string, status: string) => ({
    type,
    status,
    lastHeartbeatTime: begun,
    lastTransitionTime: begun,
  });
  return {
    metadata: {
      name: `node-${index}`,
      uid: `node-${index}`,
      creationTimestamp: begun,
      labels: { "kubernetes.io/hostname": `node-${index}` },
    },
    spec: {},
    status: {
      ...{ capacity: amounts, allocatable: amounts },
      conditions: [
        condition("Ready", "True"),
        condition("MemoryPressure", "False"),
        condition("DiskPressure", "False"),
      ],
      nodeInfo: { kubeletVersion: "v1.35.4+k3s1", architecture: "amd64" },
      images: range(50, (image) => ({ names: [`registry.example.com/app/${image}:1`], sizeBytes: 1e8 })),
    },
  };
}

function pod(name: string, onNode: number, fails: boolean): AnyObject {
  const image = "registry.example.com/team/app:1.2.3";
  const message = `Back-off pulling image "${image}": ErrImagePull: ${image}: not found`;
  const state = fails ? { waiting: { reason: "ImagePullBackOff", message } } : { running: { startedAt: begun } };
  const status = fails ? "False" : "True";
  return {
    metadata: {
      ...{ namespace: `team-${onNode % 10}`, name, uid: name, creationTimestamp: begun, labels: { app: name } },
      managedFields: [
        {
          manager: "kubelet",
          operation: "Update",
          time: begun,
          fieldsV1: { "f:status": Object.fromEntries(range(80, (it) => [`f:field-${it}`, {}])) },
        },
      ],
    },
    spec: {
      nodeName: `node-${onNode}`,
      containers: [
        {
          ...{ name: "app", image, args: ["--verbose"] },
          env: range(15, (it) => ({ name: `SETTING_${it}`, value: `value ${it}` })),
          resources: { requests: { cpu: "100m", memory: "128Mi" } },
          volumeMounts: [{ name: "token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true }],
        },
      ],
    },
    status: {
      phase: fails ? "Pending" : "Running",
      conditions: ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type, index) => {
        return { type, status: index < 2 ? "True" : status, lastTransitionTime: begun };
      }),
      containerStatuses: [{ name: "app", image, ready: !fails, started: !fails, restartCount: 0, state }],
    },
  };
}

function event(index: number, about: string): AnyObject {
  return {
    metadata: { namespace: "team-0", name: `event-${index}`, creationTimestamp: begun },
    involvedObject: { kind: "Pod", namespace: "team-0", name: about, uid: about, fieldPath: "spec.containers{app}" },
    ...{ type: "Normal", reason: "Pulled", message: "Successfully pulled image in 1.2s", count: 1 },
    ...{ firstTimestamp: begun, lastTimestamp: begun, source: { component: "kubelet" } },
  };
}
