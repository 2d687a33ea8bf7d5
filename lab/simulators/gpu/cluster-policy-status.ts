import type { AnyObject } from "../../../kube/client.ts";

interface Condition {
  type: string;
  status: "True" | "False";
  reason: string;
  message: string;
  lastTransitionTime: string;
}

export interface ClusterPolicyStatus {
  state: "ready" | "notReady" | "ignored";
  namespace: string;
  conditions?: Condition[];
}

export interface Observation {
  namespace: string;
  hasFeatureLabels: boolean;
  hasGpuNodes: boolean;
  daemonSets: AnyObject[];
}

/**
 * The status that the operator reports (facts gpu 1.4). Without feature labels or GPU nodes it says `ready` all the same:
 * only the reason tells that nothing was installed.
 */
export function clusterPolicyStatus(
  previous: ClusterPolicyStatus | undefined,
  { namespace, hasFeatureLabels, hasGpuNodes, daemonSets }: Observation,
  now: string,
): ClusterPolicyStatus {
  const waiting = daemonSets.filter((daemonSet) => !isRolledOut(daemonSet)).map(({ metadata }) => metadata?.name ?? "");
  const isReady = waiting.length === 0;
  const [reason, message] = !isReady
    ? ["OperandNotReady", `ClusterPolicy is not ready, states not ready: [${waiting.sort().join(" ")}]`]
    : !hasFeatureLabels
      ? ["NFDLabelsMissing", "No NFD labels found in the cluster; GPU nodes cannot be discovered"]
      : !hasGpuNodes
        ? ["NoGPUNodes", "No GPU node found, watching for new nodes to join the cluster"]
        : ["Reconciled", "ClusterPolicy is ready as all resources have been successfully reconciled"];
  const since = (type: string, status: string) =>
    previous?.conditions?.find((old) => old.type === type && old.status === status)?.lastTransitionTime ?? now;
  const condition = (type: string, isTrue: boolean, why: string, text: string): Condition => {
    const status = isTrue ? "True" : "False";
    return { type, status, reason: why, message: text, lastTransitionTime: since(type, status) };
  };
  return {
    state: isReady ? "ready" : "notReady",
    namespace,
    conditions: [
      isReady ? condition("Ready", true, reason, message) : condition("Ready", false, "Error", ""),
      isReady ? condition("Error", false, "Ready", "") : condition("Error", true, reason, message),
    ],
  };
}

/** Whether every pod of the DaemonSet is of the newest template and available; one that fits no node is. */
function isRolledOut({ metadata, status }: AnyObject): boolean {
  const seen = (status ?? {}) as {
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
  };
  const desired = seen.desiredNumberScheduled ?? 0;
  return (
    (seen.observedGeneration ?? 0) >= (metadata?.generation ?? 1) &&
    (seen.updatedNumberScheduled ?? 0) === desired &&
    (seen.numberAvailable ?? 0) === desired
  );
}
