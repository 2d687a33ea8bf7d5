import { ClusterClient, loadKubeConfig } from "../kube/client.ts";

/** What reaches a stack's cluster. */
export interface Cluster {
  readonly client: ClusterClient;
  /** Flags that lead `helm` there. */
  readonly helmFlags: readonly string[];
}

/** The cluster that a stack's config names, as the program finds it; else that of KUBECONFIG and the usual places. */
export function openCluster(project: string, config: Readonly<Record<string, string>>): Cluster {
  const { [`${project}:kubeconfig`]: file, [`${project}:context`]: context } = config;
  const client = new ClusterClient(loadKubeConfig({ ...(file && { file }), ...(context && { context }) }));
  const helmFlags = [...(file ? ["--kubeconfig", file] : []), ...(context ? ["--kube-context", context] : [])];
  return { client, helmFlags };
}
