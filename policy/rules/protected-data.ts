import { componentOf, kinds, objectName, objectNamespace } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { field } from "../value.ts";

export const protectedData: StackRule = {
  name: "data-is-protected-as-a-whole",
  description:
    "When anything is protected, so is all that data depends on: Kasm's passwords, the CRDs of sessions and the namespaces of both",
  why: "Deleting a namespace or a CRD deletes what is in it, and a database without its password is lost as well.",
  fix: "Pass protect: args.protectData to the resource.",
  level: "mandatory",
  *checkStack(resources) {
    const guarded = resources.filter(({ protect }) => protect);
    if (guarded.length === 0) return;
    const namespaces = new Set(guarded.map(objectNamespace));
    for (const resource of resources)
      if (!resource.protect && holdsData(resource, namespaces))
        yield { resource, fault: `not protected, ${guarded[0]?.name ?? "?"} is` };
  },
};

function holdsData(resource: PolicyResource, namespaces: ReadonlySet<string | undefined>): boolean {
  const { type, props } = resource;
  const component = componentOf(resource);
  if (type === kinds.customResourceDefinition) return field(props, "spec", "group") === "vdi.kasm.io";
  if (type === kinds.randomPassword) return component === "kasm:workspaces:KasmWorkspaces";
  if (type !== kinds.namespace) return false;
  // The operator's own namespace is restricted; people's homes are in that of the sessions.
  const level = field(props, "metadata", "labels", "pod-security.kubernetes.io/enforce");
  const isOfSessions = component === "kasm:vdi:VdiOperator" && level !== "restricted";
  return component === "kasm:workspaces:KasmWorkspaces" || isOfSessions || namespaces.has(objectName(resource));
}
