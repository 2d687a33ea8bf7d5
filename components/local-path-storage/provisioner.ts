import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  clusterRules,
  names,
  namespaceRules,
  ownLocalPath,
  ownStorageClass,
  podLabels,
  provisionerConfig,
  provisionerDeployment,
} from "./manifests.ts";
import type { OwnLocalPathArgs } from "./manifests.ts";
import { namespaceArgs } from "../objects/namespace.ts";
import { denyAll, toApiServer } from "../objects/network-policy.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { gateAfter } from "../gates/rollout.ts";
import { scriptAtDeletion } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

const roles = "rbac.authorization.k8s.io";

/**
 * A local-path-provisioner of our own with its StorageClass.
 *
 * @returns what has to be there before somebody makes a claim
 */
export function ownProvisioner(
  name: string,
  args: OwnLocalPathArgs & { readonly timeoutSeconds: number },
  cluster: ClusterAccess,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const local = ownLocalPath(args.namespace);
  const { namespace } = local;
  // The pods that make and remove directories mount the node's file system.
  const space = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceArgs(namespace, "privileged"), child);
  const inside = { ...child, dependsOn: space, deletedWith: space };

  new k8s.networking.v1.NetworkPolicy(`${name}-default-deny`, denyAll(namespace), inside);
  const toCluster = new k8s.networking.v1.NetworkPolicy(
    `${name}-to-api-server`,
    {
      metadata: { name: names.provisioner, namespace },
      // It finds the API server by address, so it needs no DNS. The kubelet's probes come from the node itself.
      spec: { podSelector: { matchLabels: podLabels }, policyTypes: ["Egress"], egress: [toApiServer(cluster)] },
    },
    inside,
  );
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: { name: names.provisioner, namespace } },
    inside,
  );
  const helper = new k8s.core.v1.ServiceAccount(
    `${name}-helper-account`,
    { metadata: { name: names.helper, namespace }, automountServiceAccountToken: false },
    inside,
  );
  const subjects = [{ kind: "ServiceAccount", name: names.provisioner, namespace }];
  const clusterRole = new k8s.rbac.v1.ClusterRole(
    `${name}-cluster-role`,
    { metadata: { name: names.clusterWide }, rules: clusterRules },
    child,
  );
  const clusterBinding = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-cluster-binding`,
    {
      metadata: { name: names.clusterWide },
      roleRef: { apiGroup: roles, kind: "ClusterRole", name: names.clusterWide },
      subjects,
    },
    { ...child, dependsOn: [clusterRole, account] },
  );
  const role = new k8s.rbac.v1.Role(
    `${name}-role`,
    { metadata: { name: names.provisioner, namespace }, rules: namespaceRules },
    inside,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    `${name}-binding`,
    {
      metadata: { name: names.provisioner, namespace },
      roleRef: { apiGroup: roles, kind: "Role", name: names.provisioner },
      subjects,
    },
    { ...inside, dependsOn: [role, account] },
  );
  const config = new k8s.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: { name: local.configMap, namespace }, data: provisionerConfig(args) },
    inside,
  );
  const deployment = new k8s.apps.v1.Deployment(`${name}-provisioner`, provisionerDeployment(args), {
    ...inside,
    // In another namespace the old one goes first: two provisioners of one name would race for each claim.
    deleteBeforeReplace: true,
    dependsOn: [
      ...[toCluster, helper, clusterBinding, binding, config],
      ...pullSecret(name, namespace, args.registry, inside),
    ],
  });
  const storageClass = new k8s.storage.v1.StorageClass(`${name}-class`, ownStorageClass(args), {
    ...child,
    dependsOn: deployment,
  });
  const { timeoutSeconds } = args;
  const workload = { kind: "Deployment", name: names.provisioner };
  const gate = { run: "rollout", cluster, input: { namespace, workload, timeoutSeconds } };
  const drain = scriptAtDeletion("local-path-drain", cluster, { provisioner: local.provisioner });
  return [
    storageClass,
    gateAfter(`${name}-rollout`, deployment, gate, child),
    // Does nothing until it is deleted: then it lets the provisioner finish, whose volumes would else stay on the nodes.
    new command.local.Command(`${name}-drain`, drain, { ...child, dependsOn: storageClass }),
  ];
}
