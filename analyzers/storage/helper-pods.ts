import type { PersistentVolumeClaim } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Cluster } from "../cluster.ts";
import { podRef } from "../containers/pod-facts.ts";
import { refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";

/**
 * The pods by which local-path-provisioner makes the directory of a claim's volume: they are named after the volume, and that
 * after the claim's uid (local-path-provisioner: createHelperPod). Nothing else leads from a claim to them.
 */
export function helperPods(cluster: Cluster, claim: PersistentVolumeClaim): Dependency[] {
  if (claim.status?.phase !== "Pending") return [];
  const volumes = volumeNames(cluster, claim);
  return cluster.pods
    .filter(({ metadata: { name } }) => volumes.some((it) => `${name}-`.includes(`-create-${it}-`)))
    .map(podRef)
    .map((object) => ({ object, because: `${refText(object)} makes the directory of its volume` }));
}

/** The provisioner's events name the volume that it fails to make. */
function volumeNames(cluster: Cluster, claim: PersistentVolumeClaim): string[] {
  const { uid } = claim.metadata;
  const told = cluster
    .eventsOf({ ...claim, kind: "PersistentVolumeClaim" })
    .flatMap(({ message }) => /failed to create volume (pvc-[\w-]+)/.exec(untrusted(message))?.[1] ?? []);
  return [...(uid === undefined || uid === "" ? [] : [`pvc-${uid}`]), ...told];
}
