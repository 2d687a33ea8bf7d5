import type { AnyObject } from "../../kube/client.ts";
import { check, namesOf } from "./check.ts";
import type { Finding } from "./check.ts";
import { hasNoServiceLb } from "./k3s-flags.ts";
import { podView } from "./pod.ts";

interface ServiceSpec {
  selector?: Record<string, string>;
  clusterIP?: string;
  clusterIPs?: string[];
}

const recordsFix = "Make the records that `pulumi stack output dns` lists; browsers and Kasm's agents need them";

/** Do names resolve inside and outside, and is there a way in? */
export const networkChecks = [
  check("CoreDNS", ["pods"], (_expected, { pods }) => {
    const servers = pods
      .map(podView)
      .filter(({ namespace, labels }) => namespace === "kube-system" && labels["k8s-app"] === "kube-dns");
    if (servers.some(({ isReady }) => isReady)) return [];
    return [
      {
        level: "required",
        object: "CoreDNS",
        problem: servers.length === 0 ? "no pod of it runs in kube-system" : "its pod is not Ready",
        fix: "See why: kubectl -n kube-system describe pod -l k8s-app=kube-dns",
        maySettle: true,
      },
    ];
  }),

  check("resolver of Kasm's proxy", ["services"], ({ nginxResolver }, { services }) => {
    const service = find(services, "kube-system", "kube-dns");
    const spec = (service?.["spec"] ?? {}) as ServiceSpec;
    const addresses = spec.clusterIPs ?? [spec.clusterIP ?? ""];
    if (addresses.includes(nginxResolver)) return [];
    const object = "Service kube-system/kube-dns";
    if (!service) {
      const problem = "it does not exist, so nothing resolves names in the cluster";
      return [{ level: "required", object, problem, fix: "Run K3s without --disable=coredns", maySettle: true }];
    }
    return [
      {
        level: "required",
        object,
        problem: `its address is ${addresses.join(", ")}, Kasm's proxy would ask ${nginxResolver}`,
        fix: `Set kasm-vdi:kasm.nginxResolver to ${addresses[0] ?? ""}`,
      },
    ];
  }),

  check("Traefik", ["services", "ingressClasses"], ({ traefik }, { services, ingressClasses }) => {
    if (traefik === "own") return [];
    const service = find(services, "kube-system", "traefik");
    const hasClass = ingressClasses.some(({ metadata }) => metadata?.name === "traefik");
    if (!service || !hasClass)
      return [
        {
          level: "required",
          object: "Traefik",
          problem: `there is no ${service ? "IngressClass traefik" : "Service kube-system/traefik"}`,
          fix: "Run K3s without --disable=traefik, or set kasm-vdi:traefik.mode to own",
          maySettle: true,
        },
      ];
    return [];
  }),

  check("address of Traefik", ["services", "nodes"], ({ traefik }, { services, nodes }) => {
    const service = find(services, "kube-system", "traefik");
    if (traefik === "own" || !service) return [];
    const status = service["status"] as { loadBalancer?: { ingress?: unknown[] } } | undefined;
    if ((status?.loadBalancer?.ingress ?? []).length > 0) return [];
    return [
      {
        level: "recommended",
        object: "Service kube-system/traefik",
        problem: "it has no address, so browsers do not reach it",
        fix: hasNoServiceLb(nodes)
          ? "K3s runs with --disable=servicelb: start it without, or install a load balancer such as MetalLB"
          : "See why ServiceLB waits: kubectl -n kube-system get pods -l svccontroller.k3s.cattle.io/svcname=traefik",
      },
    ];
  }),

  // ServiceLB gives the address as soon as its own pods run, whether or not Traefik does. Only recommended: an `up` may be what
  // mends a Traefik that does not start.
  check("Traefik's pods", ["services", "pods"], ({ traefik }, { services, pods }) => {
    const service = find(services, "kube-system", "traefik");
    if (traefik === "own" || !service) return [];
    const wanted = Object.entries((service["spec"] as ServiceSpec).selector ?? {});
    const own = pods
      .map(podView)
      .filter((pod) => pod.namespace === "kube-system" && wanted.every(([key, value]) => pod.labels[key] === value));
    if (own.some(({ isReady }) => isReady)) return [];
    const problem = own.length === 0 ? "no pod of it runs in kube-system" : "its pod is not Ready";
    return [
      {
        level: "recommended",
        object: "Traefik",
        problem: `${problem}, so browsers do not get in`,
        fix: `See why: kubectl -n kube-system describe pod -l ${wanted.map((label) => label.join("=")).join(",")}`,
      },
    ];
  }),

  check("DNS records", ["addresses"], ({ domain, publicIPs }, { addresses }) => {
    const names = [
      { name: domain, found: addresses.base },
      { name: `*.${domain}`, found: addresses.below },
    ];
    const finding = (object: string, problem: string): Finding => ({
      level: "recommended",
      object,
      problem,
      fix: recordsFix,
    });
    const absent = names.filter(({ found }) => found.length === 0).map(({ name }) => name);
    const astray = names.flatMap(({ name, found }) => {
      const strays = found.filter((address) => !publicIPs.includes(address));
      if (publicIPs.length === 0 || strays.length === 0) return [];
      return [finding(name, `it resolves to ${namesOf(strays)}, kasm-vdi:publicIPs has ${namesOf(publicIPs)}`)];
    });
    if (absent.length === 0) return astray;
    return [finding(namesOf(absent), "no such name is known to this machine"), ...astray];
  }),
];

function find(objects: readonly AnyObject[], namespace: string, name: string): AnyObject | undefined {
  return objects.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
}
