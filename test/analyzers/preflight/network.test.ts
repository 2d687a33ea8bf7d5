import { networkChecks } from "../../../analyzers/preflight/network.ts";
import { cases, coreDns, dnsService, pod, service, traefikLabels, traefikPod, traefikService } from "./cluster.ts";

const records = "Make the records that `pulumi stack output dns` lists; browsers and Kasm's agents need them";
const noTraefik = "Run K3s without --disable=traefik, or set kasm-vdi:traefik.mode to own";
const dnsFix = "See why: kubectl -n kube-system describe pod -l k8s-app=kube-dns";

const traefikFix =
  "See why: kubectl -n kube-system describe pod " +
  "-l app.kubernetes.io/name=traefik,app.kubernetes.io/instance=traefik-kube-system";

describe("preflight's checks of names and the way in", () => {
  cases(networkChecks, [
    {
      title: "ask for CoreDNS",
      seen: { pods: [traefikPod] },
      finds: [`required~ CoreDNS: no pod of it runs in kube-system. ${dnsFix}`],
    },
    {
      title: "ask for a CoreDNS that is Ready",
      seen: { pods: [pod("coredns-1", { "k8s-app": "kube-dns" }, { status: { phase: "Pending" } }), traefikPod] },
      finds: [`required~ CoreDNS: its pod is not Ready. ${dnsFix}`],
    },
    {
      title: "compare the proxy's resolver with the cluster's",
      expected: { nginxResolver: "10.96.0.10" },
      finds: [
        "required Service kube-system/kube-dns: its address is 10.43.0.10, Kasm's proxy would ask 10.96.0.10. " +
          "Set kasm-vdi:kasm.nginxResolver to 10.43.0.10",
      ],
    },
    {
      title: "take either address of a dual-stack cluster",
      expected: { nginxResolver: "fd00::a" },
      seen: { services: [service("kube-dns", { clusterIPs: ["10.43.0.10", "fd00::a"] }), traefikService] },
      finds: [],
    },
    {
      title: "tell of a cluster without DNS Service",
      seen: { services: [traefikService] },
      finds: [
        "required~ Service kube-system/kube-dns: it does not exist, so nothing resolves names in the cluster. Run K3s without --disable=coredns",
      ],
    },
    {
      title: "ask for K3s's Traefik",
      seen: { services: [dnsService] },
      finds: [`required~ Traefik: there is no Service kube-system/traefik. ${noTraefik}`],
    },
    {
      title: "ask for its IngressClass",
      seen: { ingressClasses: [{ metadata: { name: "nginx" } }] },
      finds: [`required~ Traefik: there is no IngressClass traefik. ${noTraefik}`],
    },
    {
      title: "ask for neither when the program brings Traefik",
      expected: { traefik: "own" },
      seen: { services: [dnsService], ingressClasses: [] },
      finds: [],
    },
    {
      title: "tell when Traefik has no address",
      seen: { services: [dnsService, { ...traefikService, status: { loadBalancer: {} } }] },
      finds: [
        "recommended Service kube-system/traefik: it has no address, so browsers do not reach it. " +
          "See why ServiceLB waits: kubectl -n kube-system get pods -l svccontroller.k3s.cattle.io/svcname=traefik",
      ],
    },
    {
      title: "tell when Traefik has an address, as it gets one before it serves, and no pod that is Ready",
      seen: { pods: [coreDns, pod("traefik-1", traefikLabels, { status: { phase: "Pending" } })] },
      finds: [`recommended Traefik: its pod is not Ready, so browsers do not get in. ${traefikFix}`],
    },
    {
      title: "tell when nothing is behind Traefik's Service",
      seen: { pods: [coreDns] },
      finds: [`recommended Traefik: no pod of it runs in kube-system, so browsers do not get in. ${traefikFix}`],
    },
    {
      title: "tell of records that are not made yet",
      seen: { addresses: { base: [], below: [] } },
      finds: [
        `recommended desktops.example.com and *.desktops.example.com: no such name is known to this machine. ${records}`,
      ],
    },
    {
      title: "tell of a missing wildcard, and of addresses that are not ours",
      seen: { addresses: { base: ["192.0.2.1", "198.51.100.9"], below: [] } },
      finds: [
        `recommended *.desktops.example.com: no such name is known to this machine. ${records}`,
        `recommended desktops.example.com: it resolves to 198.51.100.9, kasm-vdi:publicIPs has 192.0.2.1. ${records}`,
      ],
    },
    {
      title: "compare no addresses when none are known",
      expected: { publicIPs: [] },
      seen: { addresses: { base: ["198.51.100.9"], below: ["198.51.100.9"] } },
      finds: [],
    },
  ]);
});
