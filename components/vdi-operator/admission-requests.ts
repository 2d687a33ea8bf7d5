/**
 * Which requests an admission policy judges, with all that the server would fill in: constraints are applied as a whole, so
 * that an apply by another field manager would be a conflict.
 */
export function admissionRequests(apiGroups: string[], resources: string | string[], ...operations: string[]) {
  return {
    matchPolicy: "Equivalent",
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [{ apiGroups, apiVersions: ["*"], resources: [resources].flat(), operations, scope: "*" }],
  };
}
