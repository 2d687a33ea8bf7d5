import type * as k8s from "@pulumi/kubernetes";
import { actForVerb, operatorUser } from "./vdi-operator.rbac.ts";

type AdmissionPolicy = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicy;
type AdmissionBinding = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBinding;

/** A policy with the binding that puts it in force. */
export interface Admission {
  readonly policy: AdmissionPolicy;
  readonly binding: AdmissionBinding;
}

/** What the API server refuses for us, by the end of its resource's name. Needs Kubernetes 1.30. */
export function admissionPolicies(operatorNamespace: string): Record<string, Admission> {
  return {
    identity: { policy: identityPolicy(operatorNamespace), binding: identityBinding() },
    templates: { policy: templatePolicy(operatorNamespace), binding: templateBinding() },
  };
}

export const identityPolicyName = "vdisession-user.vdi.kasm.io";

const mayActForOthers =
  "authorizer.group('vdi.kasm.io').resource('vdisessions').namespace(request.namespace)" +
  `.check('${actForVerb}').allowed()`;

/** Whom no policy of ours concerns. */
const matchConditions = (operatorNamespace: string) => [
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
];

/**
 * Only a user makes, changes or deletes the user's own sessions, unless RBAC gives the verb `act-for`. Without it anybody
 * who may create sessions could open another's home.
 */
export function identityPolicy(operatorNamespace: string): AdmissionPolicy {
  return {
    metadata: { name: identityPolicyName },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: sessionRequests("CREATE", "UPDATE", "DELETE"),
      matchConditions: matchConditions(operatorNamespace),
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

export const templatePolicyName = "vdisession-template.vdi.kasm.io";

/**
 * A template that says who may use it is used by them alone. Only the API server knows the groups of who asks, so it is
 * decided here; who may act for others answers for them. Each template is held against the session, since a policy cannot
 * look one up by name.
 */
export function templatePolicy(operatorNamespace: string): AdmissionPolicy {
  return {
    metadata: { name: templatePolicyName },
    spec: {
      failurePolicy: "Fail",
      paramKind: { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate" },
      matchConstraints: sessionRequests("CREATE"),
      matchConditions: matchConditions(operatorNamespace),
      variables: [
        {
          name: "isOpen",
          expression: "params == null || params.metadata.name != object.spec.template || !has(params.spec.allowed)",
        },
      ],
      validations: [
        {
          expression:
            "variables.isOpen || " +
            "(has(params.spec.allowed.users) && request.userInfo.username in params.spec.allowed.users) || " +
            "(has(params.spec.allowed.groups) && " +
            "request.userInfo.groups.exists(group, group in params.spec.allowed.groups)) || " +
            mayActForOthers,
          messageExpression:
            "'VDITemplate ' + object.spec.template + ' is not for ' + request.userInfo.username + " +
            "': take another template (kubectl get vditemplates), or have whoever keeps it add you or a group of yours to its " +
            "spec.allowed'",
          message: "the template is for others: take another one",
          reason: "Forbidden",
        },
      ],
    },
  };
}

/** Holds every template against every new session. */
export function templateBinding(): AdmissionBinding {
  return {
    metadata: { name: templatePolicyName },
    spec: {
      policyName: templatePolicyName,
      // Without any template there is nothing to refuse: the session waits for one.
      paramRef: { selector: {}, parameterNotFoundAction: "Allow" },
      validationActions: ["Deny"],
    },
  };
}

// With all that the server would fill in: constraints are applied as a whole, so that an apply by another field manager
// would be a conflict.
function sessionRequests(...operations: string[]) {
  const apiGroups = ["vdi.kasm.io"];
  return {
    matchPolicy: "Equivalent",
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [{ apiGroups, apiVersions: ["*"], resources: ["vdisessions"], operations, scope: "*" }],
  };
}
