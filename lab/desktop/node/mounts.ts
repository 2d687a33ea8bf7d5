import { join } from "node:path";
import { quantityValue } from "../../../kube/quantity.ts";
import type { Container, Volume } from "./pod-spec.ts";

/** One line of what container.sh mounts. */
export interface Mount {
  readonly kind: "bind" | "read-only" | "tmpfs";
  /** A folder of this machine; of a tmpfs its options. */
  readonly source: string;
  readonly place: string;
}

/** Where a volume's content is on this machine: a folder, or none for memory. */
export interface VolumeFolders {
  /** Of the pod: its emptyDirs and Secrets. */
  readonly pod: string;
  /** By claim: of the bound volume. */
  readonly claims: ReadonlyMap<string, string>;
}

/** The mounts of a container, those of its volumes that it names. */
export function mountsOf(
  { volumeMounts = [] }: Container,
  volumes: readonly Volume[],
  folders: VolumeFolders,
): Mount[] {
  return volumeMounts.map(({ name, mountPath, readOnly }) => {
    const volume = volumes.find((it) => it.name === name);
    if (!volume) throw new Error(`the pod has no volume ${name}`);
    if (volume.emptyDir?.medium === "Memory")
      return { kind: "tmpfs", source: `size=${quantityValue(volume.emptyDir.sizeLimit ?? "64Mi")}`, place: mountPath };
    const isReadOnly = readOnly === true || volume.secret !== undefined;
    return { kind: isReadOnly ? "read-only" : "bind", source: folderOf(volume, folders), place: mountPath };
  });
}

export function folderOf({ name, persistentVolumeClaim }: Volume, { pod, claims }: VolumeFolders): string {
  if (!persistentVolumeClaim) return join(pod, "volumes", name);
  const folder = claims.get(persistentVolumeClaim.claimName);
  if (folder === undefined) throw new Error(`persistentvolumeclaim "${persistentVolumeClaim.claimName}" not bound`);
  return folder;
}

/** What container.sh reads. A path with a tab or a line end could be another mount. */
export function mountsFile(mounts: readonly Mount[]): string {
  for (const { source, place } of mounts)
    if (/[\t\n]/.test(source + place)) throw new Error(`${place} cannot be mounted: its path has a tab or a line end`);
  return mounts.map(({ kind, source, place }) => `${kind}\t${source}\t${place}\n`).join("");
}
