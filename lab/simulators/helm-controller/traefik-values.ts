import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type TraefikUpgrade = { readonly additionalArguments: readonly string[] } | { readonly failure: string };

/**
 * What `helm upgrade` of K3s's Traefik would make of values. Like the chart from 39 on it refuses keys that it does not
 * know (values.schema.json: additionalProperties); of those that it knows, only the arguments take effect here.
 *
 * @param files YAML texts of HelmChart and HelmChartConfig: what a later one has replaces what an earlier one has
 */
export function traefikUpgrade(...files: readonly string[]): TraefikUpgrade {
  let layers: unknown[];
  try {
    layers = files.map((text) => (parse(text) ?? {}) as unknown);
  } catch (error) {
    return { failure: `failed to parse values: ${(error as Error).message.split("\n")[0] ?? ""}` };
  }
  if (layers.some((layer) => typeof layer !== "object" || Array.isArray(layer)))
    return { failure: "failed to parse values: not a map" };
  const values = Object.assign({}, ...layers) as { additionalArguments?: string[] };
  const unknown = Object.keys(values).filter((key) => !chartKeys().includes(key));
  if (unknown.length > 0)
    return {
      failure:
        `values don't meet the specifications of the schema(s) in the following chart(s): traefik: ` +
        unknown.map((key) => `additional properties '${key}' not allowed`).join(", "),
    };
  return { additionalArguments: values.additionalArguments ?? [] };
}

function chartKeys(): string[] {
  const values = readFileSync(new URL("../../charts/traefik/values.yaml", import.meta.url), "utf8");
  return Object.keys(parse(values) as object);
}
