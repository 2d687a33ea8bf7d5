import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import { counted, lastLine, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Evidence, Finding } from "../finding.ts";
import { conditionOf, podsOf } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";

interface HelmChart extends AnyObject {
  metadata: ObjectMeta & { name: string; namespace: string };
  status?: { jobName?: string; conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

/** Charts that K3s installs itself: it runs Helm in a Job for each (k3s-io/helm-controller). */
export const helmCharts: Analyzer = {
  area: "releases",
  title: "Charts of K3s are installed",
  needs: ["HelmChart"],
  analyze(cluster) {
    const all = cluster.all("HelmChart") as readonly HelmChart[];
    const findings = all.flatMap((it) => finding(cluster, it) ?? []);
    return { checked: all.length > 0 ? counted(all.length, "chart") : undefined, findings };
  },
};

function finding(cluster: Cluster, chart: HelmChart): Finding | undefined {
  const { name, namespace } = chart.metadata;
  const jobName = chart.status?.jobName ?? `helm-install-${name}`;
  const job = cluster.get("Job", jobName, namespace);
  const workload = job && ({ ...job, kind: "Job" } as Workload);
  const pods = workload ? podsOf(cluster, workload) : [];
  const isDone = workload && conditionOf(workload, "Complete")?.status === "True";
  const failed = chart.status?.conditions?.find((it) => it.type === "Failed" && it.status === "True");
  const jobFailed = workload && conditionOf(workload, "Failed")?.status === "True";
  const statuses = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
  const isCrashing = statuses.some(
    ({ restartCount, state }) => restartCount > 1 || (state?.terminated?.exitCode ?? 0) !== 0,
  );
  if (isDone || (!failed && !jobFailed && !isCrashing)) return undefined;
  const object = refOf({ ...chart, kind: "HelmChart" });
  const words = pods.flatMap((pod) => terminationMessages(cluster, podRef(pod)));
  const config = cluster.get("HelmChartConfig", name, namespace);
  const said = words[0]?.value ?? (failed?.message === undefined ? undefined : quoted(failed.message));
  return {
    code: "HelmChartFailed",
    object,
    problem: `K3s cannot install chart ${name}: Job ${namespace}/${jobName} fails${said === undefined ? "" : `, ${said}`}.`,
    evidence: [
      ...(failed
        ? [{ object, field: "status.conditions[Failed]", value: quoted(failed.message ?? failed.reason ?? "True") }]
        : []),
      ...words.slice(0, 1),
    ],
    fix: [
      {
        text: `Read what Helm says${config ? `, and correct ${refText(refOf({ ...config, kind: "HelmChartConfig" }))}, whose values go into it` : ""}; K3s tries again by itself.`,
        command: `kubectl logs job/${jobName} --namespace ${namespace} --tail 30`,
        risk: "manual",
      },
    ],
    // A pod that ran and ended follows from the chart; one that never ran is what keeps it.
    dependsOn: behindPods(
      cluster,
      pods.filter((it) => !hasRun(it)),
    ),
    explains: [
      { object: { kind: "Job", namespace, name: jobName }, because: `it installs chart ${name}` },
      ...pods.filter(hasRun).map((pod) => ({ object: podRef(pod), because: `it installs chart ${name}` })),
    ],
  };
}

function hasRun({ status }: Pod): boolean {
  return (status?.containerStatuses ?? []).some(({ state, lastState }) => state?.terminated ?? lastState?.terminated);
}

function terminationMessages(cluster: Cluster, object: ReturnType<typeof podRef>): Evidence[] {
  return cluster.snapshot.logs
    .filter(({ pod, namespace }) => pod === object.name && namespace === object.namespace)
    .toSorted((a, b) => Number(b.previous) - Number(a.previous))
    .flatMap(({ container, text }) => {
      const value = lastLine(text);
      return value === undefined ? [] : [{ object, field: `log of container ${container}`, value }];
    });
}
