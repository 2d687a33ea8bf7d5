import type * as k8s from "@pulumi/kubernetes";
import { denyAll, pods, toApiServer, toClusterDns } from "./network-policy.ts";
import { actForVerb, operatorUser } from "./vdi-operator.rbac.ts";

type AdmissionPolicy = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicy;
type AdmissionBinding = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** Labels of the operator's pods; the first is what tools for controllers look for. */
export const operatorLabels = {
  "control-plane": "controller-manager",
  "app.kubernetes.io/name": "kasm-operator",
};

export const metricsPort = 8080;
export const healthPort = 8081;

/** Namespaces with this label may read metrics, as kubebuilder's projects have it. */
export const scraperLabels = { metrics: "enabled" };

export interface OperatorNetworkArgs {
  /** Of sessions. */
  readonly namespace: string;
  readonly operatorNamespace: string;
  readonly traefikNamespace: string;
}

/** Policies by the end of their resource's name. Sessions get one of their own each, from the operator. */
export function operatorNetworkPolicies(
  args: OperatorNetworkArgs,
): Record<string, { metadata: { name: string; namespace: string }; spec: NetworkPolicySpec }> {
  return {
    "session-default-deny": denyAll(args.namespace),
    "operator-default-deny": denyAll(args.operatorNamespace),
    "operator-network": {
      metadata: { name: "kasm-operator", namespace: args.operatorNamespace },
      spec: {
        podSelector: { matchLabels: operatorLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: scraperLabels } }],
            ports: [{ protocol: "TCP", port: metricsPort }],
          },
        ],
        egress: [
          toClusterDns,
          toApiServer,
          // A session is ready when its stream answers, by itself and through Traefik.
          { to: [pods(args.namespace)] },
          {
            to: [pods(args.traefikNamespace, { "app.kubernetes.io/name": "traefik" })],
            ports: [
              { protocol: "TCP", port: 8000 },
              { protocol: "TCP", port: 8443 },
            ],
          },
        ],
      },
    },
  };
}

export const identityPolicyName = "vdisession-user.vdi.kasm.io";

const mayActForOthers =
  "authorizer.group('vdi.kasm.io').resource('vdisessions').namespace(request.namespace)" +
  `.check('${actForVerb}').allowed()`;

/**
 * Only a user makes, changes or deletes the user's own sessions, unless RBAC gives the verb `act-for`. Without it anybody
 * who may create sessions could open another's home. Needs Kubernetes 1.30.
 */
export function identityPolicy(operatorNamespace: string): AdmissionPolicy {
  return {
    metadata: { name: identityPolicyName },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ["vdi.kasm.io"],
            apiVersions: ["*"],
            resources: ["vdisessions"],
            operations: ["CREATE", "UPDATE", "DELETE"],
          },
        ],
      },
      matchConditions: [
        {
          name: "not-the-operator",
          expression: `request.userInfo.username != '${operatorUser(operatorNamespace)}'`,
        },
        {
          // Garbage collection and the deletion of namespaces would stand still.
          name: "not-kubernetes-itself",
          expression:
            "!('system:serviceaccounts:kube-system' in request.userInfo.groups) && " +
            "request.userInfo.username != 'system:kube-controller-manager'",
        },
      ],
      variables: [{ name: "user", expression: "(request.operation == 'DELETE' ? oldObject : object).spec.user" }],
      validations: [
        {
          expression: `variables.user == request.userInfo.username || ${mayActForOthers}`,
          messageExpression:
            "'spec.user is ' + variables.user + ', but the request comes from ' + request.userInfo.username + " +
            "': set spec.user to ' + request.userInfo.username + ', or have an administrator grant you the verb " +
            `${actForVerb} on vdisessions.vdi.kasm.io (ClusterRole kasm-vdi-session-manager)'`,
          message: "spec.user has to be the user who sends the request",
          reason: "Forbidden",
        },
      ],
    },
  };
}

/** In force in every namespace: no session anywhere is exempt. */
export function identityBinding(): AdmissionBinding {
  return {
    metadata: { name: identityPolicyName },
    spec: { policyName: identityPolicyName, validationActions: ["Deny"] },
  };
}
