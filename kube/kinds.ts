import type { KubeObject, ObjectMeta } from "./object.ts";

// The fields of Kubernetes' own kinds that are read here; whole objects have more.

interface Named extends KubeObject {
  metadata: ObjectMeta & { name: string };
}

export interface Pod extends Named {
  spec?: PodSpec;
  status?: {
    phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    reason?: string;
    message?: string;
    podIP?: string;
    hostIP?: string;
    startTime?: string;
    conditions?: PodCondition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface PodSpec {
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  runtimeClassName?: string;
  restartPolicy?: string;
  tolerations?: Toleration[];
  overhead?: Record<string, string>;
  affinity?: { nodeAffinity?: object };
  securityContext?: { runAsUser?: number; fsGroup?: number };
  initContainers?: Container[];
  containers?: Container[];
  volumes?: Volume[];
  imagePullSecrets?: { name?: string }[];
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  /** `Always`: an init container that runs beside the others from its turn on. */
  restartPolicy?: string;
  env?: {
    name: string;
    value?: string;
    valueFrom?: Record<string, { name?: string; key?: string; optional?: boolean }>;
  }[];
  ports?: { name?: string; containerPort: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: { runAsUser?: number };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Probe {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  failureThreshold?: number;
}

export interface Volume {
  name?: string;
  persistentVolumeClaim?: { claimName: string };
  secret?: { secretName?: string; optional?: boolean };
  configMap?: { name?: string; optional?: boolean };
}

export interface PodCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  image?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: {
    exitCode: number;
    signal?: number;
    reason?: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
  };
}

export interface PersistentVolumeClaim extends Named {
  spec?: {
    volumeName?: string;
    storageClassName?: string;
    accessModes?: string[];
    resources?: { requests?: Record<string, string> };
  };
  status?: { phase?: "Pending" | "Bound" | "Lost"; capacity?: Record<string, string> };
}

export interface PersistentVolume extends Named {
  spec?: {
    local?: { path?: string };
    hostPath?: { path?: string };
    nfs?: { server?: string; path?: string };
    nodeAffinity?: {
      required?: {
        nodeSelectorTerms?: { matchExpressions?: { key: string; operator: string; values?: string[] }[] }[];
      };
    };
  };
}

export interface StorageClass extends Named {
  provisioner?: string;
  volumeBindingMode?: string;
}

export interface Node extends Named {
  spec?: { unschedulable?: boolean; taints?: Taint[] };
  status?: {
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    conditions?: PodCondition[];
  };
}

/** An event about a pod or a claim (core v1 as the API serves it to readers). */
export interface ClusterEvent {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** RFC 3339, of the last occurrence. */
  lastTime: string;
}
