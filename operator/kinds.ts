// What the operator keeps of Kubernetes' own kinds; the cache drops the rest (caches.ts), for 10,000 of each fit into memory.
export type {
  ClusterEvent,
  ContainerState,
  ContainerStatus,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodCondition,
} from "../kube/kinds.ts";
import type { KubeObject, ObjectMeta } from "../kube/object.ts";

/** A child whose whole content its fingerprint stands for: Service, IngressRoute, NetworkPolicy. */
export interface Child extends KubeObject {
  metadata: ObjectMeta & { name: string };
  /** Of what is in the cluster now; equal to that of the wanted object when nothing was changed by others. */
  fingerprint: string;
}
