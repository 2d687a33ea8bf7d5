import { createHash } from "node:crypto";
import type { AnyObject } from "../../../kube/client.ts";
import { inObjectSet } from "../../k3s/object-set.ts";

/** On Jobs and their pods, with the HelmChart's name. */
export const chartLabel = "helmcharts.helm.cattle.io/chart";
const hashAnnotation = "helmcharts.helm.cattle.io/configHash";

interface HelmSpec {
  chart?: string;
  valuesContent?: string;
  failurePolicy?: string;
}

/**
 * The Job by which the Helm controller installs and upgrades a HelmChart (k3s-io/helm-controller v0.17.1:
 * pkg/controllers/chart). One with other values replaces it. When Helm fails, its container is started again and again:
 * with 1000 retries the Job never ends, and nothing but the log tells why.
 *
 * @param config the HelmChartConfig of the same name
 * @param failure why Helm will fail
 */
export function helmJob(chart: AnyObject, config: AnyObject | undefined, failure: string | undefined): AnyObject {
  const { name = "", namespace = "" } = chart.metadata ?? {};
  const spec = (chart.spec ?? {}) as HelmSpec;
  const changes = (config?.spec ?? {}) as HelmSpec;
  const failurePolicy = changes.failurePolicy ?? spec.failurePolicy ?? "reinstall";
  const input = [spec.chart, spec.valuesContent, changes.valuesContent, failurePolicy];
  const hash = createHash("sha256").update(JSON.stringify(input)).digest("hex").toUpperCase();
  const labels = { [chartLabel]: name };
  return inObjectSet(
    { gvk: "helm.cattle.io/v1, Kind=HelmChart", name, namespace },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: jobName(chart), namespace, labels },
      spec: {
        backoffLimit: 1000,
        template: {
          metadata: {
            labels,
            annotations: {
              [hashAnnotation]: `SHA256=${hash}`,
              ...(failure !== undefined && { "lab.kasm-vdi/fault": "crash-loop" }),
            },
          },
          spec: {
            restartPolicy: "OnFailure",
            serviceAccountName: `helm-${name}`,
            nodeSelector: { "kubernetes.io/os": "linux" },
            priorityClassName: "system-cluster-critical",
            containers: [
              {
                name: "helm",
                image: "rancher/klipper-helm:v0.9.16-build20260410",
                args: ["install"],
                env: Object.entries({ NAME: name, CHART: spec.chart ?? "", FAILURE_POLICY: failurePolicy }).map(
                  ([variable, value]) => ({ name: variable, value }),
                ),
                resources: { requests: { cpu: "100m", memory: "10M" }, limits: { cpu: "32", memory: "32G" } },
              },
            ],
          },
        },
      },
    },
  );
}

export function jobName({ metadata }: AnyObject): string {
  return `helm-install-${metadata?.name ?? ""}`;
}

/** What the Job was made from. */
export function hashOf(job: AnyObject): string | undefined {
  const { template } = job.spec as { template: { metadata?: { annotations?: Record<string, string> } } };
  return template.metadata?.annotations?.[hashAnnotation];
}

export function isDone({ status }: AnyObject): boolean {
  return ((status as { succeeded?: number } | undefined)?.succeeded ?? 0) > 0;
}
