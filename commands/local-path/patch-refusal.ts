import type { AnyObject } from "../../kube/client.ts";

/**
 * Why K3s's local-path configuration cannot be patched; undefined when it can. A patch of a ConfigMap that is not there
 * would make one that holds nothing but the patch.
 *
 * @param config ConfigMap kube-system/local-path-config
 * @param deployment Deployment kube-system/local-path-provisioner
 */
export function refusePatch(config: AnyObject | undefined, deployment: AnyObject | undefined): string | undefined {
  const instead = `Set kasm-vdi:storage.mode to own, which brings a provisioner and a class of its own, or start K3s with it.`;
  if (!config)
    return `ConfigMap kube-system/local-path-config does not exist: K3s runs with --disable=local-storage. ${instead}`;
  if (!(config["data"] as Record<string, string> | undefined)?.["config.json"])
    return (
      `ConfigMap kube-system/local-path-config has no key config.json: it is not K3s's, but what is left of a patch. ` +
      `Delete it (kubectl delete configmap local-path-config --namespace kube-system). ${instead}`
    );
  if (!deployment)
    return (
      `Deployment kube-system/local-path-provisioner does not exist, so nothing reads the ConfigMap local-path-config: ` +
      `K3s runs with --disable=local-storage. ${instead}`
    );
  return undefined;
}
