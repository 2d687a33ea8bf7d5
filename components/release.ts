import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { chartDigest } from "./chart-source.ts";
import type { ChartSource } from "./chart-source.ts";
import { runScript } from "./script.ts";
import type { ClusterAccess } from "./script.ts";

export interface ChartReleaseArgs {
  /** Helm's name of it. A random one would change with each replacement. */
  readonly release: string;
  readonly namespace: string;
  readonly chart: ChartSource;
  readonly values: Record<string, unknown>;
  /** How long Helm waits for each of the chart's hooks. */
  readonly timeoutSeconds: number;
  readonly cluster: ClusterAccess;
  /** A script in commands/, and its input, for each time before Helm installs or upgrades. */
  readonly before?: { readonly script: string; readonly input: object };
  readonly disableOpenapiValidation?: boolean;
}

/**
 * A chart as a Helm release. It is there when Helm has made its objects; whether they run is for a gate to tell, which names
 * what does not (docs/decisions/0007-gates-wait-for-releases.md).
 */
export function chartRelease(
  name: string,
  args: ChartReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { release, namespace, chart, values, timeoutSeconds, cluster, before, disableOpenapiValidation } = args;
  const digest = chartDigest(chart);
  const prepare = before && [
    new pulumi.ResourceHook(`${name}-before`, async () => {
      await runScript(before.script, cluster, before.input, resource);
    }),
  ];
  const recover = new pulumi.ErrorHook(`${name}-recovery`, async ({ failedOperation: operation, newInputs = {} }) => {
    if (operation === "delete") return false;
    const { version: chartVersion, values } = newInputs as { version: string; values: object };
    const input = { namespace, release, operation, chartVersion, values, timeoutSeconds };
    return resumes(runScript<Findings>("release-recovery", cluster, input, resource), resource);
  });
  const resource: k8s.helm.v3.Release = new k8s.helm.v3.Release(
    name,
    {
      name: release,
      namespace,
      values,
      chart: chart.chart,
      version: chart.version,
      ...(chart.repo !== undefined && { repositoryOpts: { repo: chart.repo } }),
      // Of a chart in a folder Pulumi compares the version alone.
      ...(digest !== undefined && { description: `Chart in a folder, digest ${digest}` }),
      timeout: timeoutSeconds,
      ...(disableOpenapiValidation && { disableOpenapiValidation }),
      skipAwait: true,
      // Over a first revision that was interrupted, and is marked as failed since.
      replace: true,
    },
    { ...opts, hooks: { ...(prepare && { beforeCreate: prepare, beforeUpdate: prepare }), onError: [recover] } },
  );
  return resource;
}

/** What commands/release-recovery.ts tells. */
interface Findings {
  readonly retry: boolean;
  readonly problems: readonly string[];
}

async function resumes(recovery: Promise<Findings>, resource: pulumi.Resource): Promise<boolean> {
  try {
    const { retry, problems } = await recovery;
    if (problems.length > 0) await pulumi.log.error(problems.join("\n"), resource);
    return retry;
  } catch (error) {
    // What the hook throws would take the place of Helm's own message.
    await pulumi.log.error((error as Error).message, resource);
    return false;
  }
}
