import { kinds, objectName, objectNamespace } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { entries, field, list, unknownValue } from "../value.ts";

export const defaultDeny: StackRule = {
  name: "namespaces-deny-by-default",
  description: "Every namespace has a NetworkPolicy that closes it in both directions",
  why: "Without one every pod of the cluster reaches every other: a desktop reaches Kasm's database and the API server.",
  fix: "Add a NetworkPolicy with podSelector {} and policyTypes Ingress and Egress and no rules, and beside it what the parts need (components/objects/network-policy.ts).",
  level: "mandatory",
  *checkStack(resources) {
    const closed = new Set(resources.filter(deniesAll).map(objectNamespace));
    for (const resource of resources) {
      const name = objectName(resource);
      if (resource.type === kinds.namespace && name !== undefined && !closed.has(name))
        yield { resource, fault: "no NetworkPolicy denies by default there" };
    }
  },
};

function deniesAll({ type, props }: PolicyResource): boolean {
  if (type !== kinds.networkPolicy) return false;
  const spec = field(props, "spec");
  const directions = list(field(spec, "policyTypes"));
  const selector = field(spec, "podSelector");
  const rules = [...list(field(spec, "ingress")), ...list(field(spec, "egress"))];
  const selectsAll = selector !== unknownValue && entries(selector).every(([, value]) => isEmpty(value));
  return selectsAll && rules.length === 0 && directions.includes("Ingress") && directions.includes("Egress");
}

function isEmpty(value: unknown): boolean {
  return list(value).length === 0 && entries(value).length === 0 && typeof value === "object";
}
