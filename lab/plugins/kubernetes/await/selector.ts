import type { V1LabelSelector } from "@kubernetes/client-node";
import type { Query } from "./readiness.ts";
import type { Plain } from "./plain.ts";

/** A label selector as the API's query string, e.g. `app=api,tier in (a,b)`. */
export function selectorString(selector: Plain<V1LabelSelector> | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
  });
  return [...labels, ...expressions].join(",");
}

/** The pods of a workload, asked for only to explain what it waits for. */
export function podsOf(namespace: string | undefined, selector: Plain<V1LabelSelector> | undefined): Query[] {
  const labelSelector = selectorString(selector);
  if (!labelSelector) return [];
  return [{ apiVersion: "v1", kind: "Pod", ...(namespace && { namespace }), labelSelector, explains: true }];
}
