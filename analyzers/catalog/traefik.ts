import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get deployments,daemonsets --all-namespaces | grep traefik",
  "kubectl get services --all-namespaces | grep LoadBalancer",
  "kubectl logs deployment/traefik --namespace kube-system --since=1h",
];

function entry(it: Pick<CodeEntry, "title" | "symptom" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "traefik", level: "failure", byHand, ...it };
}

/** Traefik itself, and the ways to it. */
export const traefik = {
  TraefikMissing: entry({
    title: "There is no Traefik",
    symptom: "Neither Kasm nor desktops can be reached; the connection is refused.",
    cause: "K3s runs with --disable=traefik and no other was installed, or K3s's Helm Job could not install it.",
    fix: "Let K3s install it, or set traefik.mode to own.",
  }),
  TraefikNotReady: entry({
    title: "Traefik does not run",
    symptom:
      "Neither Kasm nor desktops can be reached, although the Service has an address: ServiceLB gives it one without Traefik.",
    cause: "None of its pods is ready.",
    fix: "Look at its pods.",
  }),
  TraefikCrdMissing: entry({
    title: "Traefik's kinds are not there",
    symptom: "Sessions stay in Creating: their IngressRoutes cannot be made.",
    cause:
      "K3s's Job helm-install-traefik-crd has not installed them, or this Traefik knows only the older group traefik.containo.us.",
    fix: "See what the Job says; upgrade a K3s that is too old.",
    byHand: [
      "kubectl get customresourcedefinitions | grep traefik",
      "kubectl logs job/helm-install-traefik-crd --namespace kube-system",
    ],
    mayPass: true,
  }),
  TraefikDuplicate: entry({
    level: "warning",
    title: "Two Traefiks take up the same routes",
    symptom: "A change of one has no effect; LoadBalancer of the other is pending.",
    cause: "One came with K3s and one was installed beside it.",
    fix: "Keep one of them.",
  }),
  LoadBalancerPending: entry({
    title: "LoadBalancer Service has no address",
    symptom: "kubectl get services shows <pending>.",
    cause:
      "Its port is taken on every node (ServiceLB takes it once), ServiceLB's pods do not run, or there is no load balancer.",
    fix: "Free the port, or let K3s run ServiceLB.",
    byHand: [
      "kubectl get services --all-namespaces",
      "kubectl get pods --namespace kube-system --selector svccontroller.k3s.cattle.io/svcname",
    ],
    mayPass: true,
  }),
  GatewayUnreachable: entry({
    level: "warning",
    title: "Traefik does not answer from here",
    symptom: "Browsers time out, or are refused.",
    cause: "A firewall, an address that only the cluster's network reaches, or Traefik does not run.",
    fix: "Open ports 80 and 443 of the nodes, or ask from where browsers are.",
    byHand: ["curl --verbose --insecure https://ADDRESS/"],
  }),
  RedirectLoop: entry({
    title: "Host redirects to itself without end",
    symptom: "Browsers say: too many redirects.",
    cause: "TLS ends in front of the cluster, and Traefik sends each plain request to HTTPS.",
    fix: "Ask Traefik by HTTPS, or have it trust X-Forwarded-Proto of the proxy in front.",
    byHand: ["curl --head https://HOST/"],
  }),
} satisfies Record<string, CodeEntry>;
