import type { AnyObject } from "../../kube/client.ts";

/** Volumes of one provisioner when it is about to go. */
export interface VolumesLeft {
  /** Whose claim is gone: the provisioner is about to delete them, with their data. */
  readonly released: string[];
  /** In use. They work on without a provisioner, but nothing will delete them. */
  readonly bound: string[];
}

/**
 * @param volumes all PersistentVolumes
 * @param claims all PersistentVolumeClaims; a volume's phase may not say yet that its claim is gone
 */
export function volumesLeft(
  volumes: readonly AnyObject[],
  claims: readonly AnyObject[],
  provisioner: string,
): VolumesLeft {
  const own = volumes.filter(
    ({ metadata }) => metadata?.annotations?.["pv.kubernetes.io/provisioned-by"] === provisioner,
  );
  const isClaimed = (volume: AnyObject) =>
    claims.some(({ metadata }) => metadata?.uid !== undefined && metadata.uid === specOf(volume).claimRef?.uid);
  return {
    released: own.filter((volume) => !isClaimed(volume) && reclaim(volume) === "Delete").map(nameOf),
    bound: own.filter(isClaimed).map(nameOf),
  };
}

interface VolumeSpec {
  claimRef?: { uid?: string };
  persistentVolumeReclaimPolicy?: string;
}

function specOf({ spec }: AnyObject): VolumeSpec {
  return spec ?? {};
}

function reclaim(volume: AnyObject): string | undefined {
  return specOf(volume).persistentVolumeReclaimPolicy;
}

function nameOf({ metadata }: AnyObject): string {
  return metadata?.name ?? "";
}
