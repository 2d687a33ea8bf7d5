import type { CodeEntry } from "../catalog.ts";

const area = "operator";
const level = "failure";
const operatorSymptom =
  "A VDISession stays without a status, and no pod, Service or route appears; running desktops go on as they are.";
const gatewaySymptom = "Browsers get an error instead of the desktop: Traefik asks the gateway about each request.";
const byHand = [
  "kubectl get deployments --all-namespaces -l control-plane=controller-manager",
  "kubectl logs deployment/kasm-operator --namespace kasm-vdi-system --tail 50",
];
const gatewayByHand = [
  "kubectl get deployment kasm-gateway --namespace kasm-vdi-system",
  "kubectl logs deployment/kasm-gateway --namespace kasm-vdi-system --tail 50",
];
const scaledCause = "spec.replicas is 0: somebody scaled it down.";
const unavailableCause = "Its pods crash, have no node or no image, or do not pass their readiness probe.";

export const operator = {
  OperatorMissing: {
    ...{ area, level, byHand },
    title: "VDI operator is not installed",
    symptom: operatorSymptom,
    cause: "The kinds of the product are there, and the Deployment kasm-operator is not.",
    fix: "Install it with `pulumi up --refresh`: the engine looks at the cluster only when it is told to.",
  },
  OperatorScaledDown: {
    ...{ area, level, byHand },
    title: "VDI operator is scaled to zero",
    symptom: operatorSymptom,
    cause: scaledCause,
    fix: "Scale it up; sessions go on by themselves.",
  },
  OperatorUnavailable: {
    ...{ area, level, byHand },
    title: "VDI operator has no pod that works",
    symptom: operatorSymptom,
    cause: unavailableCause,
    fix: "Mend what keeps its pods from being ready; what it said last is in its log (kubectl logs --previous).",
  },
  OperatorNotLeading: {
    ...{ area, level },
    title: "No VDI operator leads",
    symptom: operatorSymptom,
    cause: "Only the holder of the Lease works on sessions. Nobody holds it, or its holder has stopped renewing it.",
    fix: "See whether the operator's pods run, reach the API server and may write the Lease.",
    byHand: ["kubectl get lease kasm-operator --namespace kasm-vdi-system -o yaml", ...byHand],
  },
  OperatorForbidden: {
    ...{ area, level },
    title: "VDI operator lacks a right",
    symptom: "Sessions stay without pod, Service or route; the operator's log says `cannot ... resource ...`.",
    cause: "A rule of its Role or ClusterRole is missing, or the binding is.",
    fix: "Put its rights back with `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh`: the variable lets the stack take changed fields back.",
    byHand: ["kubectl auth can-i VERB RESOURCE --as system:serviceaccount:kasm-vdi-system:kasm-operator", ...byHand],
  },
  GatewayMissing: {
    ...{ area, level },
    title: "Gateway is not installed",
    symptom: gatewaySymptom,
    cause: "The operator is there, and the Deployment kasm-gateway beside it is not.",
    fix: "Install it with `pulumi up --refresh`: the engine looks at the cluster only when it is told to.",
    byHand: gatewayByHand,
  },
  GatewayScaledDown: {
    ...{ area, level },
    title: "Gateway is scaled to zero",
    symptom: gatewaySymptom,
    cause: scaledCause,
    fix: "Scale it up.",
    byHand: gatewayByHand,
  },
  GatewayUnavailable: {
    ...{ area, level },
    title: "Gateway has no pod that works",
    symptom: gatewaySymptom,
    cause: unavailableCause,
    fix: "Mend what keeps its pods from being ready.",
    byHand: gatewayByHand,
  },
  CrdMissing: {
    ...{ area, level },
    title: "Kind of the product is missing",
    symptom: 'kubectl says `the server doesn\'t have a resource type "vdisession"`, and the operator does not start.',
    cause: "The CustomResourceDefinition was deleted, or never installed. Deleting it deletes all objects of its kind.",
    fix: "Install it with `pulumi up --refresh`: the engine looks at the cluster only when it is told to.",
    byHand: ["kubectl get crds | grep vdi.kasm.io"],
  },
  CrdNotEstablished: {
    ...{ area, level },
    title: "Kind of the product is not served",
    symptom: "The API server does not know the kind although its definition is there.",
    cause: "The definition is refused: its names are taken by another one, or its schema breaks a rule.",
    fix: "Look at its conditions; remove the other definition, or install the one of this version.",
    byHand: ["kubectl get crd NAME -o jsonpath='{.status.conditions}'"],
  },
  CrdOutdated: {
    ...{ area, level },
    title: "Kind of the product is of an older version",
    symptom: "Fields of sessions or templates vanish when they are saved, and the operator does not see them.",
    cause: "The definition lacks fields that this version has: it was left from an earlier one.",
    fix: "Install the definitions of this version with pulumi up.",
    byHand: ["kubectl explain vdisession.spec", "kubectl explain vditemplate.spec"],
  },
} satisfies Record<string, CodeEntry>;
