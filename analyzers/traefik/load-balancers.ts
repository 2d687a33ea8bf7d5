import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, Fix } from "../finding.ts";
import { isReady } from "../readiness.ts";
import { loadBalancerProblem } from "../workloads/services.ts";

/** LoadBalancer Services have an address. In K3s a port of all nodes goes to one Service: another stays pending, silently. */
export const loadBalancers: Analyzer = {
  area: "traefik",
  title: "LoadBalancer Services have addresses",
  needs: ["Service"],
  analyze(cluster) {
    const services = cluster.all("Service").filter(isLoadBalancer);
    return {
      checked: services.length > 0 ? counted(services.length, "Service") : undefined,
      findings: services.flatMap((it) => finding(cluster, it)),
    };
  },
};

/** Of the Service that a DaemonSet of ServiceLB, and its pods, serve. */
const nameLabel = "svccontroller.k3s.cattle.io/svcname";
const namespaceLabel = "svccontroller.k3s.cattle.io/svcnamespace";

function finding(cluster: Cluster, service: AnyObject): Finding[] {
  const problem = loadBalancerProblem(service);
  if (problem === undefined || !cluster.isOlderThan(service.metadata?.creationTimestamp, 60)) return [];
  const object = refOf(service);
  const rivals = cluster
    .all("Service")
    .filter((it) => it !== service && isLoadBalancer(it) && loadBalancerProblem(it) === undefined)
    .flatMap((it) => {
      const shared = portsOf(it).filter((port) => portsOf(service).includes(port));
      return shared.length > 0
        ? [`${shared.join(", ")} ${shared.length === 1 ? "is" : "are"} held by ${refText(refOf(it))}`]
        : [];
    });
  const helpers = [...cluster.all("DaemonSet"), ...cluster.all("Pod")].filter((it) => isHelper(it, service));
  const pods = helpers.filter(({ kind }) => kind === "Pod");
  const isServed = pods.length > 0 && rivals.length === 0 && pods.every((it) => isReady(it as Pod));
  const hasServiceLb = cluster.all("DaemonSet").some(({ metadata }) => metadata?.labels?.[nameLabel] !== undefined);
  return [
    {
      code: "LoadBalancerPending",
      object,
      problem: isServed
        ? `${refText(object)} has no address, though ServiceLB serves it: ${pods.length === 1 ? "its pod is" : `all ${pods.length} of its pods are`} ready.`
        : `${problem}${rivals.length > 0 ? ` ${listed(rivals.map((it) => `Port ${it}`))}.` : ""}${hasServiceLb || rivals.length > 0 ? "" : " There is no DaemonSet of ServiceLB."}`,
      evidence: [
        { object, field: "status.loadBalancer.ingress", value: "(none)" },
        ...pods.map((it) => ({ object: refOf(it), field: "status.phase", value: phaseOf(it) })),
      ],
      fix: [
        rivals.length > 0
          ? {
              text: "Give one of the two other ports, or take it away.",
              command: `kubectl get services --all-namespaces | grep LoadBalancer`,
              risk: "manual",
            }
          : isServed
            ? addressNotWritten(service)
            : hasServiceLb
              ? {
                  text: "See why ServiceLB's pods do not run.",
                  command: `kubectl describe pods --namespace kube-system --selector ${nameLabel}=${object.name}`,
                  risk: "manual",
                }
              : {
                  text: "Start K3s without --disable=servicelb, or install another load balancer such as MetalLB.",
                  command: "grep -rn servicelb /etc/rancher/k3s/ /etc/systemd/system/k3s.service",
                  risk: "manual",
                },
      ],
      dependsOn: helpers.map((it): Dependency => ({
        object: refOf(it),
        because: `ServiceLB serves ${refText(object)} by it`,
      })),
    },
  ];
}

/** K3s writes the addresses of nodes whose pod of ServiceLB is ready (k3s: pkg/cloudprovider/servicelb.go). */
function addressNotWritten({ metadata, spec }: AnyObject): Fix {
  const { externalTrafficPolicy = "Cluster" } = (spec ?? {}) as { externalTrafficPolicy?: string };
  if (externalTrafficPolicy === "Local")
    return {
      text: "externalTrafficPolicy is Local, so only nodes with a ready pod of the Service itself count: see whether there is one.",
      command: `kubectl get endpointslices --namespace ${metadata?.namespace ?? ""} --selector kubernetes.io/service-name=${metadata?.name ?? ""} --output wide`,
      risk: "manual",
    };
  return {
    text: "The K3s servers write the nodes' addresses into the Service: see in their logs why they do not.",
    command: `journalctl --unit k3s --since "1 hour ago" | grep -i -e servicelb -e cloud-controller`,
    risk: "manual",
  };
}

function isLoadBalancer({ spec }: AnyObject): boolean {
  return (spec as { type?: string } | undefined)?.type === "LoadBalancer";
}

function portsOf({ spec }: AnyObject): string[] {
  const { ports = [] } = (spec ?? {}) as { ports?: { port: number; protocol?: string }[] };
  return ports.map(({ port, protocol = "TCP" }) => `${port}/${protocol}`);
}

function isHelper({ metadata }: AnyObject, service: AnyObject): boolean {
  const labels = metadata?.labels ?? {};
  return (
    labels[nameLabel] === service.metadata?.name &&
    (labels[namespaceLabel] ?? service.metadata?.namespace) === service.metadata?.namespace
  );
}

function phaseOf({ status }: AnyObject): string {
  return (status as { phase?: string } | undefined)?.phase ?? "unknown";
}
