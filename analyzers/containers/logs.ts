import type { KubeObject } from "../../kube/object.ts";

/** How the log of a container is read by hand. */
export function logsCommand({ metadata }: KubeObject, container: string): string {
  return `kubectl logs ${metadata?.name ?? ""} --namespace ${metadata?.namespace ?? ""} --container ${container}`;
}
