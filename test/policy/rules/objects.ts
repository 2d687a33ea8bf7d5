import type { PolicyResource } from "../../../policy/resource.ts";
import { violations } from "../../../policy/rule.ts";
import type { Rule } from "../../../policy/rule.ts";

/** A resource with what a rule looks at, and otherwise as the platform makes it. */
export function resource(
  type: string,
  props: Record<string, unknown>,
  more: Partial<PolicyResource> = {},
): PolicyResource {
  return {
    type,
    name: "x",
    urn: `urn:pulumi:test::kasm-vdi::${type}::${more.name ?? "x"}`,
    props,
    protect: false,
    provider: { urn: "urn:pulumi:test::kasm-vdi::pulumi:providers:kubernetes::cluster", name: "cluster" },
    ...more,
  };
}

/** URN of a component, to be a parent. */
export const component = (type: string): string => `urn:pulumi:test::kasm-vdi::${type}::part`;

export const deployment = (podSpec: unknown, more: Partial<PolicyResource> = {}) =>
  resource("kubernetes:apps/v1:Deployment", { spec: { template: { spec: podSpec } } }, more);

export const release = (chart: string, values: unknown, more: Record<string, unknown> = {}) =>
  resource("kubernetes:helm.sh/v3:Release", { name: "it", namespace: "ns", chart, version: "1.2.3", values, ...more });

export const configMap = (data: unknown, more: Record<string, unknown> = {}) =>
  resource("kubernetes:core/v1:ConfigMap", { metadata: { name: "it", namespace: "ns" }, data, ...more });

export const secret = (stringData: unknown, namespace = "ns") =>
  resource("kubernetes:core/v1:Secret", { metadata: { name: "it", namespace }, stringData });

export const namespace = (name: string, level: string | undefined, more: Partial<PolicyResource> = {}) =>
  resource(
    "kubernetes:core/v1:Namespace",
    { metadata: { name, labels: level === undefined ? {} : { "pod-security.kubernetes.io/enforce": level } } },
    more,
  );

/** What the rule has against these resources. */
export function faults(rule: Rule, ...resources: PolicyResource[]): string[] {
  return violations([rule], resources).map(({ fault }) => fault);
}
