import { provisionerAnnotations } from "../analyzers/storage/volumes.ts";
import type { ObjectMeta } from "../kube/object.ts";
import type { ContainerStatus, Node, PersistentVolumeClaim, Pod } from "./kinds.ts";
import { annotations, labels, selectedNodeAnnotation } from "./resources/labels.ts";

// What caches keep: a pod as it comes has 8 kB and more, and there may be 10,000 of them.

/** An object of our kinds without what only others wrote on it. */
export function trimOwn<T extends { metadata: ObjectMeta }>(object: T): T {
  delete object.metadata.annotations;
  delete object.metadata.labels;
  return object;
}

export function trimPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { phase, reason, message, podIP, hostIP, startTime, conditions } = status ?? {};
  const { initContainerStatuses, containerStatuses } = status ?? {};
  return prune<Pod>({
    apiVersion,
    kind,
    metadata: trimMeta(metadata),
    spec: prune({ nodeName: spec?.nodeName, volumes: trimVolumes(spec?.volumes) }),
    status: prune({
      phase,
      reason,
      message,
      podIP,
      hostIP,
      startTime,
      conditions,
      initContainerStatuses: initContainerStatuses?.map(trimContainer),
      containerStatuses: containerStatuses?.map(trimContainer),
    }),
  });
}

/** Claims alone: whether a pod has its user's home. */
function trimVolumes(volumes: NonNullable<Pod["spec"]>["volumes"] = []) {
  const claims = volumes.flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
  return claims.length === 0 ? undefined : claims.map((claimName) => ({ persistentVolumeClaim: { claimName } }));
}

function trimContainer({
  name,
  ready,
  started,
  restartCount,
  image,
  state,
  lastState,
}: ContainerStatus): ContainerStatus {
  return prune<ContainerStatus>({ name, ready, started, restartCount, image, state, lastState });
}

export function trimClaim({ apiVersion, kind, metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaim {
  const { volumeName, storageClassName, accessModes, resources } = spec ?? {};
  const kept = { ...annotations, provisioner: provisionerAnnotations[0], selectedNode: selectedNodeAnnotation };
  return prune<PersistentVolumeClaim>({
    apiVersion,
    kind,
    metadata: prune({ ...trimMeta(metadata), annotations: ours(metadata.annotations, kept) }),
    spec: prune({ volumeName, storageClassName, accessModes, resources }),
    status: prune({ phase: status?.phase, capacity: status?.capacity }),
  });
}

/** Without images, which are most of a node's status. */
export function trimNode({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { capacity, allocatable, conditions } = status ?? {};
  return prune<Node>({
    apiVersion,
    kind,
    metadata: prune({ ...trimMeta(metadata), labels: metadata.labels, annotations: undefined }),
    spec: prune({ unschedulable: spec?.unschedulable, taints: spec?.taints }),
    status: prune({
      capacity,
      allocatable,
      // Without the heartbeat, which would make every node another each few minutes.
      conditions: conditions?.map(({ type, status, reason, message }) => prune({ type, status, reason, message })),
    }),
  });
}

function trimMeta(metadata: ObjectMeta & { name: string }): ObjectMeta & { name: string } {
  const { name, namespace, uid, resourceVersion, ownerReferences } = metadata;
  const { creationTimestamp, deletionTimestamp } = metadata;
  // Each claim has one of Kubernetes' own: they matter when they keep what is to go.
  const finalizers = deletionTimestamp === undefined ? undefined : metadata.finalizers;
  return prune<ObjectMeta & { name: string }>({
    ...{ name, namespace, uid, resourceVersion, ownerReferences },
    labels: ours(metadata.labels, labels),
    annotations: ours(metadata.annotations, annotations),
    ...{ creationTimestamp, deletionTimestamp, finalizers },
  });
}

function ours(record: Record<string, string> | undefined, names: Record<string, string>) {
  const kept = Object.values(names).flatMap((name) => (record?.[name] === undefined ? [] : [[name, record[name]]]));
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Record<string, string>);
}

/** Without keys that have no value. */
function prune<T extends object>(object: { [Key in keyof T]: T[Key] | undefined }): T {
  for (const [key, value] of Object.entries(object)) if (value === undefined) Reflect.deleteProperty(object, key);
  return object as T;
}
