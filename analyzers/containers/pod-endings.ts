import { graceSeconds } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import type { Finding } from "../finding.ts";
import { lacksPods } from "../workloads/workload-pods.ts";
import { onNode } from "./pod-dependencies.ts";
import { podRef } from "./pod-facts.ts";
import { endVerdict, terminatingVerdict } from "./pod-ends.ts";
import { ownerOf } from "../workloads/owners.ts";
import { fixOf } from "../verdict.ts";

/** Pods that have failed for good, and pods that do not end. */
export const podEndings: Analyzer = {
  area: "containers",
  title: "No pod has failed or hangs at its end",
  needs: ["Pod"],
  analyze(cluster) {
    const { pods } = cluster;
    return {
      checked: pods.length > 0 ? counted(pods.length, "pod") : undefined,
      findings: pods.flatMap((pod) => hanging(cluster, pod) ?? failed(cluster, pod) ?? []),
    };
  },
};

/** The time of deletion is that at which the grace period is over. */
function hanging(cluster: Cluster, pod: Pod): Finding | undefined {
  const { deletionTimestamp } = pod.metadata;
  if (!cluster.isOlderThan(deletionTimestamp, graceSeconds)) return undefined;
  const { nodeName } = pod.spec ?? {};
  const node = cluster.nodes.find(({ metadata }) => metadata.name === nodeName);
  const verdict = terminatingVerdict(pod, cluster.nodes.length === 0 ? "unknown" : node);
  return {
    code: verdict.code,
    object: podRef(pod),
    problem: verdict.problem,
    evidence: [
      { object: podRef(pod), field: "metadata.deletionTimestamp", value: deletionTimestamp ?? "" },
      { object: podRef(pod), field: "metadata.finalizers", value: pod.metadata.finalizers?.join(", ") ?? "none" },
    ],
    fix: fixOf(verdict),
    dependsOn: onNode(pod),
  };
}

/** Failed pods stay where they are as a record; they are of interest only while nothing has taken their place. */
function failed(cluster: Cluster, pod: Pod): Finding | undefined {
  if (pod.status?.phase !== "Failed" || pod.metadata.deletionTimestamp !== undefined) return undefined;
  const owner = ownerOf(cluster, pod);
  if (owner?.kind === "Job" || (owner && owner.kind !== "VDISession" && !lacksPods(cluster, owner))) return undefined;
  const verdict = endVerdict(pod);
  if (!verdict) return undefined;
  const { reason = "", message = "" } = pod.status;
  return {
    code: verdict.code,
    object: podRef(pod),
    problem: verdict.problem,
    evidence: [{ object: podRef(pod), field: "status", value: [reason, quoted(message)].filter(Boolean).join(": ") }],
    fix: fixOf(verdict),
    dependsOn: onNode(pod),
  };
}
