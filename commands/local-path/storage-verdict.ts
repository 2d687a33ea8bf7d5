import { neededKeys } from "../../analyzers/storage/local-path.ts";
import { directoryMode } from "../../analyzers/storage/setup-script.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { LocalPath } from "./schema.ts";

export interface StorageVerdict {
  /** What holds for volumes of the class, for the stack's output. */
  readonly report: string;
  /** Why volumes would not be writable, and what to do; absent when they are. */
  readonly refusal?: string;
}

/**
 * Decides whether a container that is not root can write to a volume of the class. On local-path either the directory
 * is made 0777, or the class makes volumes of type `local`, which honour a pod's fsGroup.
 *
 * @param localPath K3s's provisioner or our own
 * @param config its ConfigMap
 */
export function storageVerdict(
  className: string,
  { provisioner: known, namespace, configMap }: LocalPath,
  storageClass: AnyObject | undefined,
  config: AnyObject | undefined,
): StorageVerdict {
  if (!storageClass) {
    const refusal =
      `StorageClass ${className} does not exist, so Kasm's volumes would stay Pending. Install one (stock K3s brings ` +
      `local-path unless it runs with --disable=local-storage), or name another by kasm-vdi:storage.className.`;
    return { report: `StorageClass ${className} is missing`, refusal };
  }
  const provisioner = String(storageClass["provisioner"]);
  if (provisioner !== known)
    return { report: `${className} is served by ${provisioner}; directory modes were not checked` };

  const where = `${namespace}/${configMap}`;
  const data = (config?.["data"] ?? {}) as Record<string, string>;
  const missing = neededKeys.filter((key) => data[key] === undefined);
  if (missing.length > 0) {
    const problem = config ? `has no key ${missing.join(", ")}` : "does not exist";
    const refusal =
      `ConfigMap ${where} ${problem}, so ${provisioner} cannot make volumes. ` +
      (namespace === "kube-system"
        ? "Restart a K3s server: it writes the ConfigMap anew at every start."
        : "`pulumi up --refresh` writes it anew.");
    return { report: `${where} ${problem}`, refusal };
  }
  const mode = directoryMode(data["setup"] ?? "");
  const type = storageClass.metadata?.annotations?.["defaultVolumeType"] ?? "hostPath";
  if (mode === undefined && type !== "local")
    return {
      report:
        `the script of ${className} (ConfigMap ${where}, key setup) was not understood: check yourself that the directory of a volume ` +
        "can be written by every user, since volumes of type hostPath ignore fsGroup",
    };
  const report = `${className} makes directories ${mode ?? "by a script that was not understood"} in volumes of type ${type}`;
  if (mode === undefined || mode.endsWith("777") || type === "local") return { report };
  return {
    report,
    refusal:
      `StorageClass ${className} makes directories ${mode} (ConfigMap ${where}, key setup), and its ` +
      `volumes are of type hostPath, which ignores fsGroup: Kasm's database would fail with "Permission denied". ` +
      `K3s v1.21.4 and later make them 0777; upgrade K3s, or use another class by kasm-vdi:storage.className.`,
  };
}
