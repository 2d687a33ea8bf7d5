import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { ContainerCode } from "../containers/containers.ts";
import type { VolumeCode } from "./permissions.ts";
import { missingReference, missingVolumeKey } from "../containers/references.ts";
import type { Said, Verdict } from "../verdict.ts";

const mountReasons = new Set(["FailedMount", "FailedAttachVolume", "FailedMapVolume"]);

/**
 * Why the kubelet does not mount a pod's volumes, by its events.
 *
 * @param events since the pod was made, oldest first
 */
export function mountVerdict(
  events: readonly Said[],
  nodeName: string | undefined,
): Verdict<ContainerCode | VolumeCode> | undefined {
  const failures = events.filter(({ reason, message }) => mountReasons.has(reason) && !isPassing(message));
  // "Unable to attach or mount volumes: ... timed out" only sums up what another event says exactly.
  const exact = failures.findLast(({ message }) => !message.startsWith("Unable to attach or mount")) ?? failures.at(-1);
  return exact && verdictOf(exact.message, nodeName ?? "the node");
}

// The kubelet's own cache is not filled yet (pkg/kubelet/util/manager/watch_based_manager.go).
function isPassing(message: string): boolean {
  return message.endsWith("not registered");
}

function verdictOf(message: string, node: string): Verdict<ContainerCode | VolumeCode> {
  const said = quoted(message);
  const missing = missingReference(message);
  if (missing) return { ...missing, problem: `A volume cannot be mounted: ${missing.problem} (${said}).` };
  const key = missingVolumeKey(message);
  if (key !== undefined)
    return {
      code: "ConfigKeyMissing",
      problem: `A volume cannot be mounted: what it is made of has no key ${key} (${said}).`,
      remedy: `Add key ${key}, or take it out of the volume's items; the kubelet tries again by itself.`,
    };
  const text = untrusted(message);
  if (/Multi-Attach/.test(text))
    return {
      code: "VolumeInUse",
      problem: `A volume cannot be attached: ${said}.`,
      remedy:
        "Another node still has the volume: end the pod there, or delete its VolumeAttachment when that node is gone for good.",
    };
  if (/path ".*" does not exist|hostPath type check failed|no such file or directory/.test(text))
    return {
      code: "VolumePathMissing",
      problem: `The directory of a volume is not on ${node}: ${said}.`,
      remedy: `Mount the disk that has it on ${node} (a directory below /tmp or /run is gone after a restart of the machine), or restore it from a backup. A new claim begins empty.`,
    };
  if (/access denied by server|mount\.nfs/.test(text))
    return {
      code: "NfsDenied",
      problem: `The NFS server does not let ${node} mount a volume: ${said}.`,
      remedy: `Export the directory to ${node}, and see that nfs-common is installed there.`,
    };
  if (/permission denied/i.test(text))
    return {
      code: "VolumeNotPermitted",
      problem: `The kubelet on ${node} may not use a volume's directory: ${said}.`,
      remedy: `See who owns the directory on ${node}, and what SELinux says (ausearch -m avc -ts recent).`,
    };
  return {
    code: "VolumeNotMounted",
    problem: `A volume cannot be mounted: ${said}.`,
    remedy: `Look at the storage of ${node}, see docs/components/storage.md.`,
  };
}
