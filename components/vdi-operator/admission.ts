import type * as k8s from "@pulumi/kubernetes";
import { admissionRequests } from "./admission-requests.ts";
import { actForVerb } from "./rbac.ts";
import { endPolicy } from "./admission-end.ts";
import { hostPolicies } from "./admission-hosts.ts";
import { wakePolicy } from "./admission-wake.ts";
import { reservedMiddleware } from "./admission-middlewares.ts";
import { mayActForOthers, notOurselves, notTheOperator } from "./admission-who.ts";
import { accessMiddleware } from "./routing.ts";
import type { AccessSettings } from "./routing.ts";

type AdmissionPolicy = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicy;
type AdmissionBinding = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBinding;

/** A policy with the binding that puts it in force. */
export interface Admission {
  readonly policy: AdmissionPolicy;
  readonly binding: AdmissionBinding;
}

export interface AdmissionArgs {
  readonly operatorNamespace: string;
  /** Of sessions. */
  readonly namespace: string;
  /** Base domain; sessions have hosts below it. */
  readonly domain: string;
  readonly access?: AccessSettings;
}

/** What the API server refuses for us, by the end of its resource's name. Needs Kubernetes 1.30. */
export function admissionPolicies(args: AdmissionArgs): Record<string, Admission> {
  const { operatorNamespace, namespace, domain, access } = args;
  return {
    wake: wakePolicy(operatorNamespace),
    end: endPolicy(operatorNamespace),
    ...hostPolicies(operatorNamespace, domain),
    ...(access?.userHeader !== undefined && { "access-routes": accessPolicy(operatorNamespace, namespace) }),
    identity: { policy: identityPolicy(operatorNamespace), binding: identityBinding() },
    templates: { policy: templatePolicy(operatorNamespace), binding: templateBinding() },
    metadata: { policy: metadataPolicy(operatorNamespace), binding: metadataBinding() },
  };
}

/** Where a header says who has signed in, only routes of the operator's have what asks the gateway: it believes that header. */
function accessPolicy(operatorNamespace: string, namespace: string): Admission {
  return reservedMiddleware({
    ...{ policyName: "session-access.vdi.kasm.io", namespace, middleware: accessMiddleware },
    purpose: "routes of desktops",
    except: notTheOperator(operatorNamespace),
  });
}

export const identityPolicyName = "vdisession-user.vdi.kasm.io";

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
      matchConditions: notOurselves(operatorNamespace),
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
        {
          // Only here the API server says which groups somebody is in; each later start is judged by what is written down.
          expression:
            "request.operation == 'DELETE' || !has(object.spec.groups) || " +
            "(request.operation == 'UPDATE' && has(oldObject.spec.groups) && " +
            "object.spec.groups == oldObject.spec.groups) || " +
            `object.spec.groups.all(group, group in request.userInfo.groups) || ${mayActForOthers}`,
          messageExpression:
            "'spec.groups names a group that ' + request.userInfo.username + ' is not in: leave it out, or have an " +
            `administrator grant you the verb ${actForVerb} on vdisessions.vdi.kasm.io'`,
          message: "spec.groups may only name groups of the user who sends the request",
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
 * A template that says who may use it is used by them alone: by the session's user, or a group that the session names.
 * The operator judges each start by the same; this is to tell people at once. Each template is held against the session,
 * since a policy cannot look one up by name.
 */
export function templatePolicy(operatorNamespace: string): AdmissionPolicy {
  return {
    metadata: { name: templatePolicyName },
    spec: {
      failurePolicy: "Fail",
      paramKind: { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate" },
      matchConstraints: sessionRequests("CREATE"),
      matchConditions: notOurselves(operatorNamespace),
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
            "(has(params.spec.allowed.users) && object.spec.user in params.spec.allowed.users) || " +
            "(has(params.spec.allowed.groups) && has(object.spec.groups) && " +
            "object.spec.groups.exists(group, group in params.spec.allowed.groups))",
          messageExpression:
            "'VDITemplate ' + object.spec.template + ' is not for ' + object.spec.user + " +
            "': name a group of yours that it is for in spec.groups, take another template (kubectl get vditemplates), or " +
            "have whoever keeps it add you to its spec.allowed'",
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

export const metadataPolicyName = "metadata-size.vdi.kasm.io";

const mostAnnotationLetters = 16_384;

/**
 * What comes with an object beside its spec is bounded too: the operator reads all objects of ours into its memory. The
 * schemas of the kinds bound the rest.
 */
export function metadataPolicy(operatorNamespace: string): AdmissionPolicy {
  const { annotations, ...counted } = {
    annotations: "object.metadata.annotations",
    labels: "object.metadata.labels",
    finalizers: "object.metadata.finalizers",
    ownerReferences: "object.metadata.ownerReferences",
  };
  const atMost = (field: string, most: number) => `!has(${field}) || size(${field}) <= ${most}`;
  return {
    metadata: { name: metadataPolicyName },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: admissionRequests(
        ["vdi.kasm.io"],
        ["vdisessions", "vditemplates", "vdipools"],
        "CREATE",
        "UPDATE",
      ),
      matchConditions: notOurselves(operatorNamespace),
      validations: [
        {
          expression:
            `!has(${annotations}) || (size(${annotations}) <= 64 && ` +
            `size(${annotations}.map(key, ${annotations}[key]).join('')) <= ${mostAnnotationLetters})`,
          message: `annotations may be 64, with ${mostAnnotationLetters} letters in all: keep large texts in an object of their own`,
          reason: "Invalid",
        },
        ...Object.entries(counted).map(([name, field]) => ({
          expression: atMost(field, 32),
          message: `${name} may be 32: remove some`,
          reason: "Invalid",
        })),
      ],
    },
  };
}

export function metadataBinding(): AdmissionBinding {
  return {
    metadata: { name: metadataPolicyName },
    spec: { policyName: metadataPolicyName, validationActions: ["Deny"] },
  };
}

function sessionRequests(...operations: string[]) {
  return admissionRequests(["vdi.kasm.io"], "vdisessions", ...operations);
}
