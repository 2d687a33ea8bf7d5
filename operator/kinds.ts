import type { KubeObject, ObjectMeta } from "../kube/object.ts";

// What the operator keeps of Kubernetes' own kinds; the cache drops the rest (caches.ts), for 10,000 of each fit into memory.

interface Named extends KubeObject {
  metadata: ObjectMeta & { name: string };
}

export interface Pod extends Named {
  spec?: { nodeName?: string; volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
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

export interface Node extends Named {
  spec?: { unschedulable?: boolean; taints?: { key: string; value?: string; effect: string }[] };
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

/** A child whose whole content its fingerprint stands for: Service, IngressRoute, NetworkPolicy. */
export interface Child extends Named {
  /** Of what is in the cluster now; equal to that of the wanted object when nothing was changed by others. */
  fingerprint: string;
}
