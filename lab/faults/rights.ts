import { changedObject } from "./changed-object.ts";

interface Rule {
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

/** Takes from the operator's Role what it makes desktops with. */
export const withoutCreatingPods = changedObject(
  ({ namespaces }) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { namespace: namespaces.vdi, name: "kasm-operator" },
  }),
  ({ rules }) => ({
    rules: (rules as readonly Rule[]).map((rule) =>
      rule.resources?.includes("pods") ? { ...rule, verbs: rule.verbs.filter((it) => it !== "create") } : rule,
    ),
  }),
);
