import { podRef } from "../containers/pod-facts.ts";
import { graceSeconds } from "../readiness.ts";
import { counted, lastLine, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Evidence, Finding, Fix } from "../finding.ts";
import { conditionOf, podsOf } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";
import { databaseJobs } from "./database-jobs.ts";
import { isOnItsWay } from "./stuck.ts";

/** Jobs that fill or migrate Kasm's database: the API waits for them, wherever they got stuck. */
export const databaseInit: Analyzer = {
  area: "kasm",
  title: "Kasm's database is filled",
  needs: ["Job", "Pod"],
  analyze(cluster) {
    const jobs = databaseJobs(cluster);
    const findings = jobs.flatMap((job) => jobFinding(cluster, job) ?? []);
    return { checked: jobs.length > 0 ? counted(jobs.length, "Job") : undefined, findings };
  },
};

function jobFinding(cluster: Cluster, job: Workload): Finding | undefined {
  if (conditionOf(job, "Complete")?.status === "True") return undefined;
  const failed = conditionOf(job, "Failed");
  const pods = podsOf(cluster, job);
  if (failed?.status !== "True" && isUnderway(cluster, job)) return undefined;
  const object = refOf(job);
  const since = job.metadata.creationTimestamp ?? "unknown";
  const state =
    failed?.status === "True"
      ? `has failed: ${quoted(failed.message ?? failed.reason ?? "unknown")}`
      : `was made at ${since} and has not completed`;
  const logs = pods.flatMap((pod): Evidence[] => {
    const container = pod.spec?.containers?.[0]?.name ?? "";
    const words = lastLine(cluster.log(pod, container) ?? cluster.log(pod, container, true));
    return words === undefined ? [] : [{ object: podRef(pod), field: `log of container ${container}`, value: words }];
  });
  return {
    code: "DatabaseNotInitialized",
    object,
    problem: `${refText(object)} ${state}, so that the database does not have Kasm's schema and the API does not start.`,
    evidence: [
      failed
        ? { object, field: "status.conditions[Failed]", value: quoted(failed.message ?? failed.reason ?? "") }
        : { object, field: "status.active", value: String(job.status?.active ?? 0) },
      ...logs.slice(0, 1),
    ],
    fix: [fixOf(job, failed?.status === "True")],
    dependsOn: behindPods(cluster, pods),
    explains: [{ object, because: "it is the same Job" }],
  };
}

/** Its pods run, or are on their way: a first fill takes a minute or two. */
function isUnderway(cluster: Cluster, job: Workload): boolean {
  if (!cluster.isOlderThan(job.metadata.creationTimestamp, graceSeconds)) return true;
  const pods = podsOf(cluster, job);
  return pods.length > 0 && pods.every((pod) => isOnItsWay(cluster, pod));
}

function fixOf({ metadata: { name, namespace } }: Workload, hasFailed: boolean): Fix {
  return hasFailed
    ? {
        text: `A failed Job is not run again. When its cause is mended, delete it and run pulumi up, which makes it again.`,
        command: `kubectl delete job ${name} --namespace ${namespace}`,
        risk: "restart",
      }
    : {
        text: "Mend what keeps its pod from ending; the API goes on by itself.",
        command: `kubectl logs job/${name} --namespace ${namespace} --all-containers --tail 50`,
        risk: "manual",
      };
}
