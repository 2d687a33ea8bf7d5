import { privilegedNamespaceExceptions } from "../exceptions.ts";
import { componentOf, kinds } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { field, isAbsent, unknownValue } from "../value.ts";

const label = "pod-security.kubernetes.io/enforce";
const levels: readonly unknown[] = ["restricted", "baseline", "privileged"];

export const podSecurity: ResourceRule = {
  name: "namespaces-have-a-pod-security-level",
  description: "Every namespace enforces a level of Pod Security, and privileged only where it is listed",
  why: "Without a level the API server lets any pod in, also one that a stolen token makes.",
  fix: `Set the label ${label} to restricted or baseline; where only privileged will do, add the component with its reason to policy/exceptions.ts.`,
  level: "mandatory",
  *check(resource) {
    if (resource.type !== kinds.namespace) return;
    const level = field(resource.props, "metadata", "labels", label);
    if (level === unknownValue) return;
    if (isAbsent(level)) yield `no label ${label}`;
    else if (!levels.includes(level)) yield `${label} is no level: ${JSON.stringify(level)}`;
    else if (level === "privileged" && !mayBePrivileged(componentOf(resource)))
      yield `${label} is privileged, which is not listed for ${componentOf(resource) ?? "the stack itself"}`;
  },
};

function mayBePrivileged(component: string | undefined): boolean {
  return privilegedNamespaceExceptions.some((exception) => exception.component === component);
}
