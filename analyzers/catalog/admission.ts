import type { CodeEntry } from "../catalog.ts";

function entry(it: Omit<CodeEntry, "area" | "level">): CodeEntry {
  return { area: "api", level: "failure", ...it };
}

/** Why the API server does not let an object be made. */
export const admission = {
  QuotaExceeded: entry({
    title: "ResourceQuota of the namespace does not allow what is asked for",
    symptom: "Pods are not made; the ReplicaSet, or the session, says: exceeded quota, or failed quota: must specify.",
    cause: "The ResourceQuota is used up, or a container does not say how much it asks for of what the quota counts.",
    fix: "End something, ask for less, or raise the quota; give each container the requests and limits that the message names.",
    byHand: ["kubectl describe resourcequota --namespace NAMESPACE"],
    mayPass: true,
  }),
  LimitRangeExceeded: entry({
    title: "LimitRange of the namespace does not allow what is asked for",
    symptom: "Pods or claims are not made; the message names minimum or maximum cpu, memory or storage usage.",
    cause: "A LimitRange sets bounds that a container, pod or claim is outside of.",
    fix: "Ask for an amount within the bounds, or change the LimitRange.",
    byHand: ["kubectl describe limitrange --namespace NAMESPACE"],
  }),
  PodSecurityRefused: entry({
    title: "Pod Security level of the namespace refuses the pod",
    symptom: "Pods are not made; the message says: violates PodSecurity.",
    cause: "The pod asks for more than the namespace's label pod-security.kubernetes.io/enforce allows.",
    fix: "Run the pod under a stricter profile, or relax the level.",
    byHand: ["kubectl get namespace NAMESPACE --output jsonpath='{.metadata.labels}'"],
  }),
  RuntimeClassMissing: entry({
    title: "RuntimeClass does not exist",
    symptom: "Pods are not made; the message says: RuntimeClass not found.",
    cause: "The pod's runtimeClassName names a RuntimeClass that the cluster does not have.",
    fix: "Create it: K3s makes those of runtimes that it finds at its start, the GPU operator makes nvidia.",
    byHand: ["kubectl get runtimeclass"],
  }),
  WebhookDenied: entry({
    title: "Admission webhook refuses the object",
    symptom: "Objects are not made; the message names the webhook.",
    cause: "A policy of the site does not allow it.",
    fix: "Read what the webhook says, and ask whoever runs it.",
    byHand: ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"],
  }),
  WebhookUnreachable: entry({
    title: "Admission webhook does not answer",
    symptom: "Objects are not made; the message says: failed calling webhook.",
    cause: "The webhook's Service has no ready pod, or its certificate is not trusted.",
    fix: "Bring the webhook back; or delete its configuration when what it belonged to is gone.",
    byHand: ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"],
    mayPass: true,
  }),
  PolicyDenied: entry({
    title: "ValidatingAdmissionPolicy refuses the object",
    symptom: "Objects are not made; the message names the policy.",
    cause: "A policy of the site does not allow it.",
    fix: "Read what the policy says.",
    byHand: ["kubectl get validatingadmissionpolicies"],
  }),
} satisfies Record<string, CodeEntry>;
