import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { OperatorSettings } from "./deployment.ts";
import {
  bindingArgs,
  clusterRules,
  gatewayClusterRules,
  gatewayName,
  gatewaySessionRules,
  leaderRules,
  operatorName,
  roleArgs,
  sessionRules,
  userRoleArgs,
  userRoles,
} from "./rbac.ts";

/** Options for objects of the two namespaces, which go with their namespace. */
export type Homes = Record<"sessions" | "own", pulumi.CustomResourceOptions & { dependsOn: pulumi.Resource }>;

/** ServiceAccounts, roles and bindings of operator and gateway, and what users get by aggregation. */
export function operatorRights(
  name: string,
  { namespace, operatorNamespace }: Pick<OperatorSettings, "namespace"> & { readonly operatorNamespace: string },
  { sessions, own }: Homes,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const child = { parent };
  const { Role, RoleBinding, ClusterRole, ClusterRoleBinding } = k8s.rbac.v1;
  const account = (of: string) => ({
    metadata: { name: of, namespace: operatorNamespace },
    automountServiceAccountToken: false,
  });
  const binding = (kind: "Role" | "ClusterRole", inNamespace?: string, of = operatorName) =>
    bindingArgs(kind, of, operatorNamespace, inNamespace);
  const gateway = binding("Role", namespace, gatewayName);
  for (const user of userRoles) new ClusterRole(`${name}-${user.aggregateTo}-role`, userRoleArgs(user), child);
  return [
    new k8s.core.v1.ServiceAccount(`${name}-account`, account(operatorName), own),
    new Role(`${name}-session-role`, roleArgs(operatorName, sessionRules, namespace), sessions),
    new RoleBinding(`${name}-session-role-binding`, binding("Role", namespace), sessions),
    new Role(`${name}-leader-role`, roleArgs(operatorName, leaderRules, operatorNamespace), own),
    new RoleBinding(`${name}-leader-role-binding`, binding("Role", operatorNamespace), own),
    new ClusterRole(`${name}-cluster-role`, roleArgs(operatorName, clusterRules), child),
    new ClusterRoleBinding(`${name}-cluster-role-binding`, binding("ClusterRole"), child),
    new k8s.core.v1.ServiceAccount(`${name}-gateway-account`, account(gatewayName), own),
    new Role(`${name}-gateway-role`, roleArgs(gatewayName, gatewaySessionRules, namespace), sessions),
    new RoleBinding(`${name}-gateway-role-binding`, gateway, sessions),
    new ClusterRole(`${name}-gateway-cluster-role`, roleArgs(gatewayName, gatewayClusterRules), child),
    new ClusterRoleBinding(
      `${name}-gateway-cluster-role-binding`,
      binding("ClusterRole", undefined, gatewayName),
      child,
    ),
  ];
}
