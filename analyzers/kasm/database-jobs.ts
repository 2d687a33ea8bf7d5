import type { Cluster } from "../cluster.ts";
import { workloads } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";

/** Jobs of the chart that bring the database to the schema of its version: `kasm-db-init`, `kasm-db-upgrade`. */
export function databaseJobs(cluster: Cluster, namespace?: string): Workload[] {
  return workloads(cluster, ["Job"], namespace).filter(({ metadata }) => {
    const component = metadata.labels?.["app.kubernetes.io/component"];
    return component === undefined
      ? /(^|-)db-(init|upgrade)(-|$)/.test(metadata.name)
      : component === "db-init" || component === "db-upgrade";
  });
}
