import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import type { PodSpec } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { isPodOver } from "../containers/pod-progress.ts";

/** The fields of Deployments, StatefulSets, DaemonSets and Jobs that are read here. */
export interface Workload extends AnyObject {
  kind: string;
  metadata: ObjectMeta & { name: string; namespace: string };
  spec?: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string> };
    template?: { metadata?: ObjectMeta; spec?: PodSpec };
  };
  status?: {
    availableReplicas?: number;
    active?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  };
}

/** Workloads of one kind in some namespace, or in all. */
export function workloads(cluster: Cluster, kinds: readonly string[], namespace?: string): Workload[] {
  return kinds
    .flatMap((kind) => cluster.all(kind).map((it) => ({ ...it, kind }) as Workload))
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
}

/** Workloads whose pods would carry all of these labels. */
export function workloadsMaking(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Workload[] {
  return workloads(cluster, ["Deployment", "StatefulSet", "DaemonSet"], namespace).filter(({ spec }) =>
    Object.entries(labels).every(([key, value]) => spec?.template?.metadata?.labels?.[key] === value),
  );
}

/** Pods of a workload, but for those that have ended or are going. */
export function podsOf(cluster: Cluster, { kind, metadata, spec }: Workload): Pod[] {
  const labels =
    kind === "Job" ? { "batch.kubernetes.io/job-name": metadata.name } : (spec?.selector?.matchLabels ?? {});
  if (Object.keys(labels).length === 0) return [];
  return cluster.podsMatching(metadata.namespace, labels).filter((it) => !isPodOver(it));
}

export function conditionOf({ status }: Workload, type: string) {
  return status?.conditions?.find((it) => it.type === type);
}
