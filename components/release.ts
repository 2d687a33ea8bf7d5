import type * as k8s from "@pulumi/kubernetes";
import type { ChartSource } from "./chart-source.ts";

/** What every Release of ours has in common. `name` is fixed: a random one would change with each replacement. */
export function chartRelease(name: string, namespace: string, source: ChartSource, timeoutSeconds: number) {
  return {
    name,
    namespace,
    chart: source.chart,
    version: source.version,
    ...(source.repo !== undefined && { repositoryOpts: { repo: source.repo } }),
    timeout: timeoutSeconds,
  } satisfies k8s.helm.v3.ReleaseArgs;
}
