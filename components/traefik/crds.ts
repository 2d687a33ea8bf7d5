import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../helm/chart-source.ts";
import { chartFetch } from "../helm/chart-fetch.ts";

/** A CRD as the chart brings it, with nothing unknown in it. */
interface Crd {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: k8s.types.input.apiextensions.v1.CustomResourceDefinitionSpec;
}

/**
 * Traefik's own CRDs at the version of the chart, each as a resource: Helm makes those that are missing and never changes
 * one, so that an upgrade of the chart would leave the kinds of the version before (docs/decisions/0010-traefik-crds.md).
 *
 * @param opts of each; they should come before the release
 */
export function chartCrds(
  name: string,
  chart: ChartSource,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<pulumi.Resource[]> {
  const rendered = pulumi.runtime.invoke(
    "kubernetes:helm:template",
    { jsonOpts: JSON.stringify({ ...chartFetch(chart), release_name: "crds" }) },
    { ...(opts.parent && { parent: opts.parent }) },
  ) as Promise<{ result?: readonly object[] }>;
  return pulumi.output(rendered).apply(({ result = [] }) =>
    traefikCrds(result).map(
      (crd) =>
        new k8s.apiextensions.v1.CustomResourceDefinition(`${name}-${crd.metadata.name}`, crd, {
          ...opts,
          // With a CRD go all routes of its kind, those of others too. Helm deletes none either.
          retainOnDelete: true,
        }),
    ),
  );
}

/** The CRDs of Traefik itself among a chart's objects. Those of Traefik Hub, which is not installed, are left to Helm. */
export function traefikCrds(objects: readonly object[]): Crd[] {
  const crds = objects.filter((object): object is Crd => isOfTraefik(object));
  // Where Helm made a CRD, its fields are Helm's.
  return crds.map(({ metadata, ...crd }) => ({
    ...crd,
    metadata: { ...metadata, annotations: { ...metadata.annotations, "pulumi.com/patchForce": "true" } },
  }));
}

function isOfTraefik({ kind, metadata }: { kind?: unknown; metadata?: { name?: string } }): boolean {
  return kind === "CustomResourceDefinition" && /^[^.]+\.traefik\.io$/.test(metadata?.name ?? "");
}
