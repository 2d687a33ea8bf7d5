import type { CodeEntry } from "../catalog.ts";

const area = "api";

export const api = {
  KubernetesTooOld: {
    ...{ area, level: "failure" },
    title: "Kubernetes is older than what the product runs on",
    symptom: "Objects are refused or fields are dropped; admission policies and API versions are missing.",
    cause: "The product needs Kubernetes 1.25.",
    fix: "Upgrade K3s, one minor version after the other, servers before agents.",
    byHand: ["kubectl version", "kubectl get nodes"],
  },
  KubernetesOutdated: {
    ...{ area, level: "warning" },
    title: "Kubernetes is older than recommended",
    symptom: "Nothing yet; some checks know less, since older kubelets say less.",
    cause: "Versions below 1.28 get no fixes any more.",
    fix: "Upgrade K3s, one minor version after the other, servers before agents.",
    byHand: ["kubectl version"],
  },
  NodeVersionSkew: {
    ...{ area, level: "warning" },
    title: "Node's version does not go with the server's",
    symptom: "Pods on that node fail or behave unlike those on others.",
    cause:
      "A kubelet may be up to three minor versions older than the API server, and never newer (Kubernetes version skew policy).",
    fix: "Bring the node, or the servers if they are older, to the version of the others.",
    byHand: ["kubectl get nodes -o wide", "kubectl version"],
  },
  ClockSkew: {
    ...{ area, level: "warning" },
    title: "Clocks of this machine and of the API server differ",
    symptom: "Certificates and tokens count as not yet valid or expired; links to desktops and TURN credentials fail.",
    cause: "One of the two machines is not synchronized by NTP.",
    fix: "Turn on time synchronization on both (timedatectl set-ntp true).",
    byHand: ["date -u", "kubectl get --raw /version -v 8 2>&1 | grep -i date:"],
  },
  WebhookWithoutEndpoints: {
    ...{ area, level: "failure" },
    title: "Admission webhook does not answer and blocks changes",
    symptom:
      "Creating objects fails with `failed calling webhook ... no endpoints available for service`; workloads have no pods.",
    cause: "The webhook has failurePolicy Fail, and nothing is ready behind its Service.",
    fix: "Mend the pods behind it. If what it belongs to was uninstalled, delete the configuration.",
    byHand: ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"],
  },
  QuotaUsedUp: {
    ...{ area, level: "warning" },
    title: "ResourceQuota is used up",
    symptom: "Nothing yet: the next object of that kind will be refused.",
    cause: "What the objects of the namespace ask for together is as much as the quota allows.",
    fix: "Raise the quota, or delete what is not needed.",
    byHand: ["kubectl describe resourcequota --namespace NAMESPACE"],
  },
  QuotaBlocks: {
    ...{ area, level: "failure" },
    title: "ResourceQuota refuses new objects",
    symptom: "Pods or claims are not created: `forbidden: exceeded quota`.",
    cause: "What the objects of the namespace ask for together, with the new one, would be more than the quota allows.",
    fix: "Raise the quota, end sessions, or ask for less in the template.",
    byHand: [
      "kubectl describe resourcequota --namespace NAMESPACE",
      "kubectl get events --namespace NAMESPACE --field-selector reason=FailedCreate",
    ],
  },
  LimitRangeBelowTemplate: {
    ...{ area, level: "failure" },
    title: "LimitRange allows less than a template asks for",
    symptom: "Sessions of the template get no pod: `maximum memory usage per Container is ...`.",
    cause: "A LimitRange of the sessions' namespace has a max, or a min, that the template's resources break.",
    fix: "Ask for less in the template, or raise the LimitRange.",
    byHand: ["kubectl describe limitrange --namespace NAMESPACE", "kubectl get vditemplate TEMPLATE -o yaml"],
  },
  NamespaceStuckTerminating: {
    ...{ area, level: "failure" },
    title: "Namespace does not end",
    symptom: "The namespace stays Terminating, and nothing can be created in it.",
    cause: "Objects in it have finalizers that nobody takes off, or an API that it has to ask does not answer.",
    fix: "Bring back the controller that owns the finalizer. Taking it off by hand skips what it would have cleaned up.",
    byHand: ["kubectl get namespace NAMESPACE -o jsonpath='{.status.conditions}'"],
  },
} as const satisfies Record<string, CodeEntry>;
