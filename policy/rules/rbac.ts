import { kinds } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { field, list, text } from "../value.ts";

const everyone = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:masters"];

export const leastRights: ResourceRule = {
  name: "rbac-without-wildcards",
  description: "No role has a wildcard, nothing is bound to cluster-admin, and no binding is for everyone",
  why: "A wildcard also covers what is added later, Secrets of other namespaces included: whoever has the pod has the cluster.",
  fix: "List the groups, resources and verbs that the code uses, and bind them to one ServiceAccount.",
  level: "mandatory",
  *check({ type, props }) {
    if (type === kinds.role || type === kinds.clusterRole)
      for (const [index, rule] of list(props["rules"]).entries())
        for (const key of ["apiGroups", "resources", "verbs"])
          if (list(field(rule, key)).some((item) => text(item)?.includes("*")))
            yield `rules[${index}].${key} has a wildcard`;
    if (type === kinds.roleBinding || type === kinds.clusterRoleBinding) {
      if (field(props, "roleRef", "name") === "cluster-admin") yield "it is bound to cluster-admin";
      for (const subject of list(props["subjects"])) {
        const name = text(field(subject, "name"));
        if (field(subject, "kind") === "Group" && name !== undefined && everyone.includes(name))
          yield `it is for the group ${name}`;
      }
    }
  },
};
