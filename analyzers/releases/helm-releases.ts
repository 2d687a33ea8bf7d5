import { isReady } from "../readiness.ts";
import type { AnyObject } from "../../kube/object.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, Fix } from "../finding.ts";
import { isPodOver } from "../containers/pod-progress.ts";
import { workloads } from "../workloads/workload.ts";

/** Helm keeps each revision of a release in a Secret; its labels tell all that is read here, its data is not read. */
interface Revision {
  readonly secret: AnyObject;
  readonly namespace: string;
  readonly name: string;
  readonly number: number;
  readonly status: string;
}

/** Longer than Helm waits for anything under the product's timeouts. */
const patienceSeconds = 600;

export const helmReleases: Analyzer = {
  area: "releases",
  title: "Helm releases are deployed",
  needs: ["Secret"],
  analyze(cluster) {
    const byRelease = Map.groupBy(revisions(cluster), ({ namespace, name }) => `${namespace}/${name}`);
    const findings = [...byRelease.values()].flatMap((them) => finding(cluster, them) ?? []);
    return { checked: byRelease.size > 0 ? counted(byRelease.size, "release") : undefined, findings };
  },
};

function revisions(cluster: Cluster): Revision[] {
  return cluster.all("Secret").flatMap((secret) => {
    const { namespace = "", labels = {} } = secret.metadata ?? {};
    const { owner, name, status, version } = labels;
    if (owner !== "helm" || name === undefined || status === undefined) return [];
    return [{ secret: { ...secret, kind: "Secret" }, namespace, name, number: Number(version), status }];
  });
}

function finding(cluster: Cluster, all: readonly Revision[]): Finding | undefined {
  const sorted = all.toSorted((a, b) => a.number - b.number);
  const newest = sorted.at(-1);
  if (!newest) return undefined;
  const { status } = newest;
  if (status === "failed") return failed(cluster, newest);
  if (!status.startsWith("pending-") && status !== "uninstalling") return undefined;
  const since = beginOf(newest);
  if (!cluster.isOlderThan(since, patienceSeconds)) return undefined;
  const deployed = sorted.findLast((it) => it.status === "deployed");
  return pending(newest, since, deployed);
}

/** Helm copies `modifiedAt` from the revision before, so that it may lie before the Secret was made. */
function beginOf({ secret }: Revision): string | undefined {
  const { creationTimestamp, labels = {} } = secret.metadata ?? {};
  const seconds = [labels["createdAt"], labels["modifiedAt"]].map(Number).filter(Number.isFinite);
  const newest = Math.max(...seconds.map((it) => it * 1_000), Date.parse(creationTimestamp ?? "") || 0);
  return newest > 0 ? new Date(newest).toISOString() : undefined;
}

function pending({ secret, namespace, name, number, status }: Revision, since = "", deployed?: Revision): Finding {
  const object = refOf(secret);
  const byHand: Fix = deployed
    ? {
        text: "Without Pulumi: go back to the last revision that was deployed.",
        command: `helm rollback ${name} ${deployed.number} --namespace ${namespace}`,
        risk: "restart",
      }
    : {
        text: "Without Pulumi: it was never deployed, so uninstall it and install it again. Look first at what claims would go with it.",
        command: `helm uninstall ${name} --namespace ${namespace}`,
        risk: "data-loss",
      };
  return {
    code: "ReleasePending",
    object,
    problem: `Revision ${number} of release ${namespace}/${name} is ${status} since ${since}: Helm was interrupted, and refuses to work on it again.`,
    evidence: [
      { object, field: "metadata.labels[status]", value: status },
      { object, field: "last deployed revision", value: deployed ? String(deployed.number) : "(none)" },
    ],
    fix: [
      {
        text: "Bring release and stack back into step; it shows first what it would do, and keeps claims and Secrets.",
        command: "npm run recover STACK",
        risk: "manual",
      },
      byHand,
    ],
  };
}

function failed(cluster: Cluster, { secret, namespace, name, number }: Revision): Finding {
  const object = refOf(secret);
  const job = finishedInit(cluster, namespace, name);
  return {
    code: "ReleaseFailed",
    object,
    problem: `Revision ${number} of release ${namespace}/${name} has failed: what it installs may be there in part.`,
    evidence: [{ object, field: "metadata.labels[status]", value: "failed" }],
    fix: [
      {
        text: "Read what Helm failed at, mend it, and run pulumi up again.",
        command: `helm status ${name} --namespace ${namespace}`,
        risk: "manual",
      },
      ...(job === undefined
        ? []
        : [
            {
              text: `If it says \`field is immutable\`: the finished Job ${job} is in the way until its TTL of 300 s is over.`,
              command: `kubectl delete job ${job} --namespace ${namespace}`,
              risk: "manual" as const,
            },
          ]),
    ],
    dependsOn: behindRelease(cluster, namespace, name),
  };
}

/** db-init is no hook, and a Job's template cannot be changed. */
function finishedInit(cluster: Cluster, namespace: string, release: string): string | undefined {
  const job = workloads(cluster, ["Job"], namespace).find(
    ({ metadata, status }) =>
      metadata.name === `${release}-db-init` &&
      status?.conditions?.some((it) => it.type === "Complete" && it.status === "True"),
  );
  return job?.metadata.name;
}

function behindRelease(cluster: Cluster, namespace: string, release: string): Dependency[] {
  const isOurs = (labels: Record<string, string> | undefined) => labels?.["app.kubernetes.io/instance"] === release;
  const makers = workloads(cluster, ["Job", "Deployment", "StatefulSet", "DaemonSet"], namespace)
    .filter(({ metadata }) => isOurs(metadata.labels))
    .map((it) => ({ object: refOf(it), because: `release ${release} installs ${refText(refOf(it))}` }));
  const pods = cluster.pods.filter(
    (pod) => pod.metadata.namespace === namespace && isOurs(pod.metadata.labels) && !isPodOver(pod) && !isReady(pod),
  );
  return [...behindPods(cluster, pods), ...makers];
}
