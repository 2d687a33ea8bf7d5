import type { AnyObject } from "../../../kube/client.ts";

/** A running local-path-provisioner: what it answers to and what it reads. */
export interface Provisioner {
  /** The StorageClass `provisioner` that it serves. */
  name: string;
  namespace: string;
  /** ConfigMap with config.json and the helper scripts, in the same namespace. */
  configMap: string;
  isRunning: boolean;
}

interface PodContainer {
  image?: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
}

/**
 * The local-path provisioners among the Deployments, K3s's own or another: flags first, then environment, then the
 * defaults of local-path-provisioner (its main.go).
 */
export function provisioners(deployments: AnyObject[]): Provisioner[] {
  return deployments.flatMap((deployment) => {
    const spec = deployment.spec as { template: { spec: { containers: PodContainer[] } } };
    const container = spec.template.spec.containers.find(({ command, args, image }) =>
      [...(command ?? []), ...(args ?? []), image ?? ""].some((word) => word.includes("local-path-provisioner")),
    );
    if (!container) return [];
    const words = [...(container.command ?? []), ...(container.args ?? [])];
    const setting = (flag: string, variable: string) =>
      flagValue(words, flag) ?? container.env?.find(({ name }) => name === variable)?.value;
    const status = deployment.status as { availableReplicas?: number } | undefined;
    return [
      {
        name: setting("--provisioner-name", "PROVISIONER_NAME") ?? "rancher.io/local-path",
        namespace: setting("--namespace", "POD_NAMESPACE") ?? deployment.metadata?.namespace ?? "",
        configMap: setting("--configmap-name", "CONFIGMAP_NAME") ?? "local-path-config",
        isRunning: (status?.availableReplicas ?? 0) > 0,
      },
    ];
  });
}

function flagValue(words: string[], flag: string): string | undefined {
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  if (joined) return joined.slice(flag.length + 1);
  const index = words.indexOf(flag);
  return index < 0 ? undefined : words[index + 1];
}
