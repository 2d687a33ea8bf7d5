import type { Container, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import type { MountedVolume } from "./permissions.ts";

/** Names of the claims that a pod uses. */
export function claimNames({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
}

/** The claims that a container has mounted, and what they lie on. */
export function mountedVolumes(cluster: Cluster, pod: Pod, spec: Container | undefined): MountedVolume[] {
  const { namespace = "" } = pod.metadata;
  return (spec?.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const claim = (pod.spec?.volumes ?? []).find((it) => it.name === name)?.persistentVolumeClaim?.claimName;
    if (claim === undefined) return [];
    return [
      {
        text: `claim ${namespace}/${claim}`,
        mountPath,
        node: pod.spec?.nodeName,
        medium: mediumOf(cluster, claim, namespace),
      },
    ];
  });
}

/** What a claim's volume lies on, by its PersistentVolume or the provisioner of its class. */
function mediumOf(cluster: Cluster, name: string, namespace: string): MountedVolume["medium"] {
  const claim = cluster.get("PersistentVolumeClaim", name, namespace) as PersistentVolumeClaim | undefined;
  const volume = volumeOf(cluster, claim);
  if (volume?.spec?.local || volume?.spec?.hostPath) return "node";
  if (volume?.spec?.nfs) return "nfs";
  const provisioner = classOf(cluster, claim)?.provisioner;
  return provisioner === undefined ? claim && mediumOfClaim(claim) : mediumOfProvisioner(provisioner);
}

/** The same by the claim alone, on which the volume controller writes who makes its volume. */
export function mediumOfClaim({ metadata }: PersistentVolumeClaim): MountedVolume["medium"] {
  const provisioner = provisionerAnnotations.map((it) => metadata.annotations?.[it]).find((it) => it !== undefined);
  return provisioner === undefined ? undefined : mediumOfProvisioner(provisioner);
}

/** The node that the scheduler has chosen for the first pod that uses the claim (WaitForFirstConsumer). */
export const selectedNode = "volume.kubernetes.io/selected-node";

export const provisionerAnnotations = [
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
] as const;

function mediumOfProvisioner(provisioner: string): MountedVolume["medium"] {
  if (isLocalPath(provisioner)) return "node";
  return provisioner.includes("nfs") ? "nfs" : "other";
}

export function volumeOf(cluster: Cluster, claim: PersistentVolumeClaim | undefined): PersistentVolume | undefined {
  const name = claim?.spec?.volumeName;
  return name === undefined ? undefined : (cluster.get("PersistentVolume", name) as PersistentVolume | undefined);
}

/** The class of a claim: the one that it names, or the default one. */
export function classOf(cluster: Cluster, claim: PersistentVolumeClaim | undefined): StorageClass | undefined {
  const name = claim?.spec?.storageClassName;
  return name === undefined ? undefined : (cluster.get("StorageClass", name) as StorageClass | undefined);
}

/** K3s's local-path-provisioner, or one like it under a name of its own. */
export function isLocalPath(provisioner: string): boolean {
  return provisioner.endsWith("/local-path");
}

/** Nodes that a volume can be used on, by name; empty where it can be used anywhere. */
export function nodesOf(volume: PersistentVolume | undefined): string[] {
  const terms = volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms
    .flatMap(({ matchExpressions = [] }) => matchExpressions)
    .flatMap(({ key, values = [] }) => (key === "kubernetes.io/hostname" || key === "metadata.name" ? values : []));
}
