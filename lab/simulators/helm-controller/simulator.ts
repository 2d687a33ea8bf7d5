import { isDeepStrictEqual } from "node:util";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { serverName } from "../../k3s/nodes.ts";
import { helmReleases } from "../../k3s/packaged-components/manifests.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Simulator } from "../simulator.ts";
import { chartLabel, hashOf, helmJob, isDone, jobName } from "./helm-job.ts";
import { traefikUpgrade } from "./traefik-values.ts";

const namespace = "kube-system";
const packagedCharts = ["traefik", "traefik-crd"];
const manager = `helm-controller@${serverName}`;

interface PodTemplate {
  spec: { template: { spec: { containers: { name: string; args?: string[] }[] } } };
}

/**
 * Plays K3s's Helm controller for its own HelmCharts: a Job for each, anew when the HelmChart or its HelmChartConfig
 * changes. Traefik gets its arguments when its Job has succeeded.
 */
export function helmControllerSimulator(client: ClusterClient, view: ClusterView): Simulator {
  const shipped = containersOf(helmReleases().find(isNamed("traefik", "Deployment")) ?? {});
  return {
    name: "helm-controller",
    reads: ["helmCharts", "helmChartConfigs", "helmJobs", "deployments"],
    async reconcile() {
      const charts = view.all("helmCharts").filter((chart) => packagedCharts.some((name) => isNamed(name)(chart)));
      const names = charts.map(nameOf);
      const orphans = view
        .all("helmJobs")
        .filter(({ metadata }) => !names.includes(metadata?.labels?.[chartLabel] ?? ""));
      await Promise.all([...charts.map(install), ...orphans.map(remove)]);
    },
  };

  async function install(chart: AnyObject): Promise<void> {
    const config = view.all("helmChartConfigs").find(isNamed(nameOf(chart)));
    const upgrade = traefikUpgrade(...[chart, config].map(valuesOf));
    const wanted = helmJob(chart, config, "failure" in upgrade ? upgrade.failure : undefined);
    const live = view.all("helmJobs").find(isNamed(jobName(chart)));
    // When it is gone, the next round makes the new one.
    if (live && hashOf(live) !== hashOf(wanted)) return remove(live);
    if (!live) await create(wanted);
    const deployment = view.all("deployments").find(isNamed(nameOf(chart)));
    if (live && deployment && isDone(live) && !("failure" in upgrade))
      await start(deployment, upgrade.additionalArguments);
    await tell(chart);
  }

  async function create(job: AnyObject): Promise<void> {
    const { template } = job.spec as { template: { spec: { serviceAccountName: string } } };
    const metadata = { name: template.spec.serviceAccountName, namespace };
    await client.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata }, { fieldManager: manager, force: true });
    await client.create(job, { fieldManager: manager });
  }

  function remove(job: AnyObject): Promise<void> {
    return client.delete({ apiVersion: "batch/v1", kind: "Job", metadata: { name: nameOf(job), namespace } });
  }

  async function start(deployment: AnyObject, additional: readonly string[]): Promise<void> {
    const wanted = containersOf(deployment).map((container) => ({
      ...container,
      args: [...(shipped.find(({ name }) => name === container.name)?.args ?? []), ...additional],
    }));
    if (isDeepStrictEqual(wanted, containersOf(deployment))) return;
    const key = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: nameOf(deployment), namespace } };
    await client.mergePatch({ ...key, spec: { template: { spec: { containers: wanted } } } }, "helm");
  }

  /** `Failed` tells that no Job could be made, not that Helm failed in one. */
  async function tell(chart: AnyObject): Promise<void> {
    const job = jobName(chart);
    const message = `Applying HelmChart using Job ${namespace}/${job}`;
    const conditions = [
      { type: "JobCreated", status: "True", reason: "Job created", message },
      { type: "Failed", status: "False" },
    ];
    const status = { jobName: job, conditions };
    if (isDeepStrictEqual(chart.status, status)) return;
    const key = { apiVersion: "helm.cattle.io/v1", kind: "HelmChart", metadata: { name: nameOf(chart), namespace } };
    await client.mergePatchStatus({ ...key, status }, manager);
  }
}

function isNamed(name: string, kind?: string): (object: AnyObject) => boolean {
  return (object) =>
    object.metadata?.namespace === namespace &&
    object.metadata.name === name &&
    (kind === undefined || object.kind === kind);
}

function nameOf({ metadata }: AnyObject): string {
  return metadata?.name ?? "";
}

function valuesOf(object: AnyObject | undefined): string {
  return (object?.spec as { valuesContent?: string } | undefined)?.valuesContent ?? "";
}

function containersOf(deployment: AnyObject) {
  return (deployment as unknown as PodTemplate).spec.template.spec.containers;
}
