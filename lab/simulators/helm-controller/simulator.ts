import { isDeepStrictEqual } from "node:util";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { helmReleases } from "../../k3s/packaged-components/manifests.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Simulator } from "../simulator.ts";
import { traefikUpgrade } from "./traefik-values.ts";

interface PodTemplate {
  spec: { template: { spec: { containers: { name: string; args?: string[] }[] } } };
}

/** Plays K3s's Helm controller for its Traefik: HelmChartConfig kube-system/traefik sets the Deployment's arguments. */
export function helmControllerSimulator(client: ClusterClient, view: ClusterView): Simulator {
  const shipped = containersOf(helmReleases().find(isTraefik("Deployment")) ?? {});
  return {
    name: "helm-controller",
    reads: ["helmCharts", "helmChartConfigs", "deployments"],
    async reconcile() {
      const chart = view.all("helmCharts").find(isTraefik());
      const deployment = view.all("deployments").find(isTraefik());
      if (!chart || !deployment) return;
      const config = view.all("helmChartConfigs").find(isTraefik());
      const upgrade = traefikUpgrade((config?.spec as { valuesContent?: string } | undefined)?.valuesContent);
      await Promise.all([
        tell(chart, "failure" in upgrade ? upgrade.failure : undefined),
        ...("failure" in upgrade ? [] : [start(deployment, upgrade.additionalArguments)]),
      ]);
    },
  };

  async function start(deployment: AnyObject, additional: readonly string[]): Promise<void> {
    const wanted = containersOf(deployment).map((container) => ({
      ...container,
      args: [...(shipped.find(({ name }) => name === container.name)?.args ?? []), ...additional],
    }));
    if (isDeepStrictEqual(wanted, containersOf(deployment))) return;
    await client.mergePatch(
      { ...keyOf(deployment, "apps/v1", "Deployment"), spec: { template: { spec: { containers: wanted } } } },
      "helm",
    );
  }

  async function tell(chart: AnyObject, failure: string | undefined): Promise<void> {
    const conditions = [
      { type: "Failed", status: failure === undefined ? "False" : "True", ...(failure && { message: failure }) },
    ];
    if (isDeepStrictEqual((chart.status as { conditions?: unknown } | undefined)?.conditions, conditions)) return;
    await client.mergePatchStatus(
      { ...keyOf(chart, "helm.cattle.io/v1", "HelmChart"), status: { conditions, jobName: "helm-install-traefik" } },
      "helm-controller@k3s-server-0",
    );
  }
}

function isTraefik(kind?: string): (object: AnyObject) => boolean {
  return (object) =>
    object.metadata?.namespace === "kube-system" &&
    object.metadata.name === "traefik" &&
    (kind === undefined || object.kind === kind);
}

function containersOf(deployment: AnyObject) {
  return (deployment as unknown as PodTemplate).spec.template.spec.containers;
}

function keyOf({ metadata }: AnyObject, apiVersion: string, kind: string): AnyObject {
  return { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" } };
}
