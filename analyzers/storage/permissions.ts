import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { storage } from "../catalog/storage.ts";
import type { Verdict } from "../verdict.ts";

/** What a claim, or a volume in a pod, may have. */
export type VolumeCode =
  | Exclude<keyof typeof storage, "SeveralDefaultStorageClasses" | `LocalPath${string}` | "VolumeNodeMissing">
  | "NodeDiskFull";

/** A volume that a container has mounted, as far as it is known. */
export interface MountedVolume {
  /** `home volume home-alice`, `claim kasm/kasm-db` */
  readonly text: string;
  readonly mountPath: string;
  readonly node: string | undefined;
  /** What the volume lies on: a directory of the node (local-path, hostPath), NFS, or something else. */
  readonly medium: "node" | "nfs" | "other" | undefined;
  /** Of a container's words, those that may be told. */
  readonly publicWords?: (words: string) => string | undefined;
}

/**
 * What a container's termination message say about its volume; undefined when they are about something else. The init container of
 * desktops says it as `uid 1000 cannot write the home volume: drwx------ 2 root root 4096 /home/user`.
 */
export function volumeVerdict(words: string, volume: MountedVolume): Verdict<VolumeCode> | undefined {
  const said = untrusted(words);
  const lines = said.split("\n").filter((line) => isAbout(line, volume.mountPath));
  if (lines.length === 0) return undefined;
  const about = lines.join("\n");
  const quotation = (volume.publicWords ?? ((it: string) => it))(quoted(about));
  const told = quotation === undefined ? "" : `: "${quotation}"`;
  if (/no space left on device/i.test(about)) return full(volume, told);
  if (/disk quota exceeded/i.test(about))
    return {
      code: "VolumeFull",
      problem: `The ${volume.text} is full${told}.`,
      remedy: "Enlarge its claim where the StorageClass allows it, or have files removed from it.",
    };
  if (/read-only file system/i.test(about))
    return {
      code: "VolumeReadOnly",
      problem: `The ${volume.text} is mounted read-only${told}.`,
      remedy: `See whether the mount or the claim asks for that (readOnly); otherwise the file system of ${nodeOf(volume)} had an error and Linux made it read-only: see dmesg there.`,
    };
  if (modeWords.test(about)) return modeNotTaken(volume, told);
  if (!deniedWords.test(about)) return undefined;
  return denied(about, volume, told);
}

const deniedWords = /permission denied|operation not permitted|cannot write the home volume|has wrong ownership/i;
/** PostgreSQL's words for a directory that others than its owner may read (src/backend/utils/init/miscinit.c). */
const modeWords = /data directory .* has (?:invalid permissions|group or world access)/i;

function isAbout(line: string, path: string): boolean {
  return line.includes("cannot write the home volume") || (path !== "/" && line.includes(path));
}

/** A local-path volume has no quota: what is full then is the disk of the node. */
function full(volume: MountedVolume, told: string): Verdict<VolumeCode> {
  if (volume.medium === "node")
    return {
      code: "NodeDiskFull",
      problem: `The disk of ${nodeOf(volume)} is full: the ${volume.text} is a directory there without a quota of its own${told}.`,
      remedy: `Free space on ${nodeOf(volume)} or enlarge its disk; a larger claim gives nothing.`,
      command: "df -h /var/lib/rancher",
    };
  return {
    code: "VolumeFull",
    problem: `The ${volume.text} is full${told}.`,
    remedy: "Enlarge its claim where the StorageClass allows it, or have files removed from it.",
  };
}

function denied(about: string, volume: MountedVolume, told: string): Verdict<VolumeCode> {
  if (/avc: +denied|selinux/i.test(about) || othersMayWrite(about))
    return {
      code: "SelinuxDenied",
      problem: `SELinux keeps the container from the ${volume.text}: writing is denied though the directory's mode lets everybody write${told}.`,
      remedy: `Install the package k3s-selinux on ${nodeOf(volume)}, and relabel a storage path that it does not know: semanage fcontext -a -t container_file_t "PATH(/.*)?", then restorecon. The mode is not at fault.`,
      command: "ausearch -m avc -ts recent",
    };
  if (volume.medium === "nfs" || /\b(nobody|nogroup|4294967294|65534)\b/.test(about))
    return {
      code: "NfsRootSquash",
      problem: `The NFS server takes root for nobody (root_squash), so the ${volume.text} cannot be given to the container's user${told}.`,
      remedy:
        "Make the directory on the server and give it to that user's number there, or export it with no_root_squash to the nodes alone.",
    };
  if (/has wrong ownership/i.test(about))
    return {
      code: "VolumeNotPermitted",
      problem: `The container's user does not own its directory in the ${volume.text}${told}.`,
      remedy:
        "Give the directory away by an init container that runs as root (chown), or run the container as the user who made it (runAsUser): an fsGroup changes the group alone, and no owner.",
    };
  return {
    code: "VolumeNotPermitted",
    problem: `The container may not write to the ${volume.text}${told}.`,
    remedy:
      "The directory belongs to another user, and keeps the mode that it was made with: volumes of K3s v1.21.3 have 0700, those of a hostPath 0755. Give it away by an init container that runs as root (chown), or make the volume anew from a class whose volumes any user can write to (storage.mode own), see docs/components/storage.md; a deleted claim takes its files with it.",
  };
}

function modeNotTaken(volume: MountedVolume, told: string): Verdict<VolumeCode> {
  return {
    code: "VolumeNotPermitted",
    problem: `PostgreSQL does not take its directory in the ${volume.text}, which others than its user may read or write${told}.`,
    remedy:
      "Give the directory the mode 0700 (chmod 0700) by an init container or on the node. An fsGroup opens the root of the volume to its group again: name a directory below it in PGDATA, or set fsGroupChangePolicy to OnRootMismatch.",
  };
}

/** `drwxrwxrwx`, `drwxrwsrwx.` as ls shows it, or a mode in octal. */
function othersMayWrite(about: string): boolean {
  return /\bd[rwxsS-]{7}w[xtT]|\bmode 0?[0-7]?777\b|\b[0-2]777\b/.test(about);
}

function nodeOf({ node }: MountedVolume): string {
  return node ?? "the node";
}
