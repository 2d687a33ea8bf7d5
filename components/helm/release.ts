import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { chartDigest } from "./chart-source.ts";
import type { ChartSource } from "./chart-source.ts";

export interface ChartReleaseArgs {
  /** Helm's name of it. A random one would change with each replacement. */
  readonly release: string;
  readonly namespace: string;
  readonly chart: ChartSource;
  readonly values: Record<string, unknown>;
  /** How long Helm waits for each of the chart's hooks. */
  readonly timeoutSeconds: number;
  /** Resolves when no earlier Helm stands in the way. Default: at once. */
  readonly whenFree?: pulumi.Input<unknown>;
  readonly disableOpenapiValidation?: boolean;
}

/**
 * A chart as a Helm release. It is there when Helm has made its objects; whether they run is for a gate to tell
 * (docs/decisions/0007-gates-wait.md).
 */
export function chartRelease(
  name: string,
  args: ChartReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { release, namespace, chart, values, timeoutSeconds, whenFree, disableOpenapiValidation } = args;
  const digest = chartDigest(chart);
  return new k8s.helm.v3.Release(
    name,
    {
      name: release,
      namespace: whenFree === undefined ? namespace : pulumi.output(whenFree).apply(() => namespace),
      values,
      chart: chart.chart,
      version: chart.version,
      // A name instead of an address leads Helm to the entry of its own file of repositories.
      ...((chart.repo ?? chart.repoName) !== undefined && { repositoryOpts: { repo: chart.repo ?? chart.repoName } }),
      // Of a chart in a folder Pulumi compares the version alone.
      ...(digest !== undefined && { description: `Chart in a folder, digest ${digest}` }),
      timeout: timeoutSeconds,
      ...(disableOpenapiValidation && { disableOpenapiValidation }),
      skipAwait: true,
      // Over a first revision at which Helm was interrupted, and which is marked as failed since.
      replace: true,
    },
    opts,
  );
}
