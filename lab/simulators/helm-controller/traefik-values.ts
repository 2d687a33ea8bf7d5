import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type TraefikUpgrade = { readonly additionalArguments: readonly string[] } | { readonly failure: string };

/**
 * What `helm upgrade` of K3s's Traefik would make of the values in a HelmChartConfig. Like the chart from 39 on it
 * refuses keys that it does not know (k3s-traefik facts 3.4); of those that it knows, only the arguments take effect here.
 *
 * @param valuesContent YAML text; undefined without a HelmChartConfig
 */
export function traefikUpgrade(valuesContent: string | undefined): TraefikUpgrade {
  let values: unknown;
  try {
    values = parse(valuesContent ?? "{}") ?? {};
  } catch (error) {
    return { failure: `failed to parse values: ${(error as Error).message.split("\n")[0] ?? ""}` };
  }
  if (typeof values !== "object") return { failure: "failed to parse values: not a map" };
  const unknown = Object.keys(values as object).filter((key) => !chartKeys().includes(key));
  if (unknown.length > 0)
    return {
      failure:
        `values don't meet the specifications of the schema(s) in the following chart(s): traefik: ` +
        unknown.map((key) => `additional properties '${key}' not allowed`).join(", "),
    };
  return { additionalArguments: (values as { additionalArguments?: string[] }).additionalArguments ?? [] };
}

function chartKeys(): string[] {
  const values = readFileSync(new URL("../../charts/traefik/values.yaml", import.meta.url), "utf8");
  return Object.keys(parse(values) as object);
}
