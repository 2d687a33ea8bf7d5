import type { Pod, StorageClass } from "../../kube/kinds.ts";
import { podVerdicts } from "../containers/pod-verdicts.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import { claimNames, classOf } from "./volumes.ts";

/** A pod that cannot write to a directory which the kubelet opens to the group of fsGroup alone. */
export interface ShutOut {
  readonly pod: string;
  readonly hasGroup: boolean;
}

/** Pods with claims of a class that have no fsGroup and are not root, or are denied whatever they have. */
export function shutOutOf(cluster: Cluster, { metadata }: StorageClass): ShutOut[] {
  const denied = new Set(
    podVerdicts(cluster)
      .filter(({ verdict }) => verdict.code === "VolumeNotPermitted")
      .map(({ pod }) => pod),
  );
  return cluster.pods
    .filter((pod) => isLive(pod) && usesClass(cluster, pod, metadata.name))
    .map((pod) => ({ pod, hasGroup: pod.spec?.securityContext?.fsGroup !== undefined }))
    .filter(({ pod, hasGroup }) => denied.has(pod) || (!hasGroup && isNotRoot(pod)))
    .map(({ pod, hasGroup }) => ({ pod: refText(refOf({ ...pod, kind: "Pod" })), hasGroup }));
}

function isLive({ status }: Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

function usesClass(cluster: Cluster, pod: Pod, name: string): boolean {
  const { namespace = "" } = pod.metadata;
  return cluster.claims.some(
    (claim) =>
      claim.metadata.namespace === namespace &&
      claimNames(pod).includes(claim.metadata.name) &&
      classOf(cluster, claim)?.metadata.name === name,
  );
}

/** By what the pod says: of an image's own user nothing is known. */
function isNotRoot({ spec }: Pod): boolean {
  const users = (spec?.containers ?? []).map(
    ({ securityContext }) => securityContext?.runAsUser ?? spec?.securityContext?.runAsUser ?? 0,
  );
  return users.some((user) => user > 0);
}
