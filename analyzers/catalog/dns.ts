import type { CodeEntry } from "../catalog.ts";

const area = "dns";
const level = "failure";
type Common = Pick<CodeEntry, "area" | "level" | "symptom" | "byHand">;

const coreDns: Common = {
  ...{ area, level },
  symptom:
    "Pods do not find each other by name: `Could not resolve host`, `bad address`; init containers wait for ever.",
  byHand: [
    "kubectl get pods --namespace kube-system -l k8s-app=kube-dns",
    "kubectl get endpointslices --namespace kube-system -l kubernetes.io/service-name=kube-dns",
  ],
};

const endpoints: Common = {
  ...{ area, level },
  symptom: "Connections to the Service are refused or time out although it has a ClusterIP.",
  byHand: [
    "kubectl get service SERVICE --namespace NAMESPACE -o wide",
    "kubectl get endpointslices --namespace NAMESPACE -l kubernetes.io/service-name=SERVICE",
    "kubectl get pods --namespace NAMESPACE --show-labels",
  ],
};

export const dns = {
  CoreDnsMissing: {
    ...coreDns,
    title: "Cluster has no CoreDNS",
    cause:
      "K3s was started with --disable=coredns, or its Deployment was deleted. K3s makes it again when a server starts.",
    fix: "Start K3s without --disable=coredns, or install a DNS server behind Service kube-system/kube-dns.",
  },
  CoreDnsScaledDown: {
    ...coreDns,
    title: "CoreDNS is scaled to zero",
    cause: "Somebody set its replicas to 0.",
    fix: "Scale it up: kubectl scale deployment coredns --namespace kube-system --replicas 1.",
  },
  CoreDnsUnavailable: {
    ...coreDns,
    title: "CoreDNS is not ready",
    cause:
      "None of its pods answers its readiness probe: they crash, have no node or no image, or cannot reach the API server.",
    fix: "Mend what keeps its pods from being ready.",
  },
  InsideDnsFails: {
    ...coreDns,
    title: "Pods cannot resolve names of the cluster",
    cause:
      "CoreDNS does not answer, or nothing gets from the pod to it: a firewall between nodes, or a broken pod network.",
    fix: "Mend CoreDNS, or open the way: UDP and TCP 53 to it, and UDP 8472 (VXLAN) between nodes.",
  },
  InsidePathClosed: {
    ...endpoints,
    level: "warning",
    title: "A Service cannot be reached from inside",
    symptom: "A pod that was made for the purpose (`--probe-pod`) does not reach the Service.",
    cause: "Nothing listens behind it, or the pod network does not lead there: a firewall between nodes, kube-proxy.",
    fix: "See what listens in its pods, and open UDP 8472 (VXLAN) between nodes.",
  },
  ProbePodFailed: {
    ...{ area, level: "unknown" },
    title: "Nothing could be seen from inside",
    symptom: "diagnose --probe-pod tells nothing of the ways inside the cluster.",
    cause: "The pod did not run: its image does not come, no node takes it, or it was not let in.",
    fix: "Choose another image (--probe-image) or namespace (--probe-namespace).",
    byHand: ["kubectl get events --namespace NAMESPACE --field-selector involvedObject.kind=Pod"],
  },
  DnsServiceMissing: {
    ...coreDns,
    title: "Service kube-dns is missing",
    cause: "Every pod's resolver asks the address of Service kube-system/kube-dns, and there is none.",
    fix: "Restart a K3s server, which applies its packaged components again.",
  },
  DnsEgressDenied: {
    ...{ area, level },
    title: "NetworkPolicy keeps pods from the cluster's DNS",
    symptom: "Names are not resolved in these pods while others resolve them.",
    cause: "A policy with policyTypes Egress selects the pods, and none opens port 53 to CoreDNS.",
    fix: "Open UDP and TCP 53 to pods k8s-app=kube-dns in namespace kube-system.",
    byHand: ["kubectl describe networkpolicies --namespace NAMESPACE"],
  },
  ServiceSelectsNoPod: {
    ...endpoints,
    title: "Service selects no pod",
    cause:
      "No pod of the namespace carries all labels of the Service's selector: a label differs, or what makes the pods is missing.",
    fix: "Make selector and labels agree, or bring back what makes the pods.",
  },
  ServicePodsNotReady: {
    ...endpoints,
    title: "No pod behind a Service is ready",
    cause: "Only pods whose readiness probe passes get requests.",
    fix: "Mend the pods; the Service needs no change.",
  },
  ServicePortUnknown: {
    ...endpoints,
    title: "Service names a port that its pods do not have",
    cause: "A targetPort that is a name must be the name of a port in the pods' containers.",
    fix: "Correct targetPort, or name the port in the containers.",
  },
} satisfies Record<string, CodeEntry>;
