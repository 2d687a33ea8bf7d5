import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { ownerOf } from "../workloads/owners.ts";
import type { Standing } from "../waits/standing.ts";
import { conditionOf, podsOf } from "../workloads/workload.ts";
import { databaseJobs } from "./database-jobs.ts";

/**
 * How it stands with the schema of Kasm's database: behind it stands, besides the database itself, the Job that fills or
 * migrates it.
 *
 * @param database how it stands with the database's Service
 * @param pod that waits
 */
export function schemaStanding(cluster: Cluster, database: Standing, pod: Pod, service: ObjectRef): Standing {
  const namespace = pod.metadata.namespace ?? "";
  const jobs = databaseJobs(cluster, namespace);
  const open = jobs.filter((job) => conditionOf(job, "Complete")?.status !== "True");
  const behindJobs = open.flatMap((job) => {
    const object = refOf(job);
    return [{ object, because: `${refText(object)} fills the database` }, ...behindPods(cluster, podsOf(cluster, job))];
  });
  if (database.is !== "ready") return { ...database, behind: [...database.behind, ...behindJobs] };
  const [job] = open;
  if (job)
    return {
      is: "not ready",
      text: `${refText(refOf(job))} has not completed`,
      behind: [...behindJobs, ...database.behind],
      findings: [],
      pods: podsOf(cluster, job),
    };
  if (!cluster.isSeen("Job")) return { ...database, is: "unknown", text: "Jobs could not be read" };
  const done = jobs.map((it) => refText(refOf(it)));
  const why =
    done.length > 0 ? `${done.join(" and ")} has completed` : "no Job db-init or db-upgrade is left to wait for";
  const completed = jobs
    .flatMap((it) => conditionOf(it, "Complete")?.lastTransitionTime ?? [])
    .toSorted()
    .at(-1);
  const [server] = database.pods;
  const object = (server && ownerOf(cluster, server)) ?? service;
  const finding: Finding = {
    code: "DatabaseSchemaBehind",
    object,
    problem: `The database of ${refText(service)} answers, and ${why}, but it does not have the schema that ${imageOf(pod)} asks for.`,
    evidence: [
      { object: service, field: "ready endpoints", value: database.text },
      { object, field: "image", value: server ? imageOf(server) : "unknown" },
    ],
    fix: [
      {
        text: "Run the chart's upgrade, dbManagement.upgrade.enable: true and initialize: false, after a backup (docs/components/kasm-workspaces.md). For a first installation, set initialize: true so that db-init is made again.",
        risk: "manual",
      },
    ],
  };
  return {
    is: "not ready",
    text: `the database has another schema, and ${why}`,
    behind: [{ object, because: `the schema is that of ${refText(object)}` }, ...database.behind],
    findings: [finding],
    pods: [],
    ...(completed !== undefined && { since: completed }),
  };
}

function imageOf({ spec }: Pod): string {
  return `image ${spec?.containers?.[0]?.image ?? "unknown"}`;
}
