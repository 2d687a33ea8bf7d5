import type { Cluster } from "../cluster.ts";
import { workloads } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";

export const operatorName = "kasm-operator";
/** Where the program puts the operator, unless told otherwise. */
export const usualNamespace = "kasm-vdi-system";
export const gatewayName = "kasm-gateway";

/** The operator's Deployments, by its name or by the labels that it has under another name. */
export function operatorDeployments(cluster: Cluster): Workload[] {
  return workloads(cluster, ["Deployment"]).filter(
    ({ metadata: { name, labels = {} } }) =>
      name === operatorName ||
      (labels["control-plane"] === "controller-manager" && labels["app.kubernetes.io/name"] === operatorName),
  );
}

export function gatewayDeployments(cluster: Cluster): Workload[] {
  return workloads(cluster, ["Deployment"]).filter(({ metadata }) => metadata.name === gatewayName);
}

export function operatorNamespaces(cluster: Cluster): Set<string> {
  return new Set(
    [...operatorDeployments(cluster), ...gatewayDeployments(cluster)].map(({ metadata }) => metadata.namespace),
  );
}
