import type { AnyObject } from "../../kube/object.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { podsOf, traefiksIn } from "./installation.ts";
import type { Traefik } from "./installation.ts";

/** Traefik runs, once, where there is something for it to serve. */
export const traefikWorkload: Analyzer = {
  area: "traefik",
  title: "Traefik runs",
  needs: ["Deployment", "DaemonSet", "Pod"],
  analyze(cluster) {
    const traefiks = traefiksIn(cluster);
    const routes = cluster.all("IngressRoute").length;
    if (traefiks.length === 0)
      return {
        checked: routes > 0 ? counted(routes, "IngressRoute") : undefined,
        findings: routes > 0 ? [missing(cluster, routes)] : [],
      };
    return {
      checked: counted(traefiks.length, "Traefik"),
      findings: [...traefiks.flatMap((it) => notReady(cluster, it)), ...second(traefiks)],
    };
  },
};

const charts = ["traefik-crd", "traefik"];

function chartsOf(cluster: Cluster): AnyObject[] {
  return charts.map((name) => cluster.get("HelmChart", name, "kube-system")).filter((it) => it !== undefined);
}

function missing(cluster: Cluster, routes: number): Finding {
  const object = { kind: "Deployment", namespace: "kube-system", name: "traefik" };
  const isCharted = chartsOf(cluster).length > 0;
  return {
    code: "TraefikMissing",
    object,
    problem: `There is no Traefik, neither as Deployment nor as DaemonSet, so that nobody serves the ${counted(routes, "IngressRoute")}.`,
    evidence: [{ object, field: "Deployments and DaemonSets with an image traefik", value: "none" }],
    fix: [
      isCharted
        ? {
            text: "K3s has a HelmChart for it: see what its Job says.",
            command: "kubectl logs --namespace kube-system job/helm-install-traefik",
            risk: "manual",
          }
        : {
            text: "K3s brings it unless it runs with --disable=traefik: take that out of /etc/rancher/k3s/config.yaml, or set traefik.mode to own.",
            command: "pulumi config set --path traefik.mode own && pulumi up",
            risk: "manual",
          },
    ],
    dependsOn: chartDependencies("K3s installs Traefik by it"),
  };
}

function chartDependencies(because: string): Dependency[] {
  return charts.map((name) => ({ object: { kind: "HelmChart", namespace: "kube-system", name }, because }));
}

interface Counts {
  readyReplicas?: number;
  numberReady?: number;
  desiredNumberScheduled?: number;
}

function notReady(cluster: Cluster, traefik: Traefik): Finding[] {
  const { workload } = traefik;
  const { replicas = 1 } = (workload["spec"] ?? {}) as { replicas?: number };
  const { readyReplicas = 0, numberReady = 0, desiredNumberScheduled = 0 } = (workload["status"] ?? {}) as Counts;
  const [ready, wanted] =
    workload.kind === "DaemonSet" ? [numberReady, desiredNumberScheduled] : [readyReplicas, replicas];
  if (ready > 0 || !cluster.isOlderThan(workload.metadata?.creationTimestamp, 60)) return [];
  const object = refOf(workload);
  return [
    {
      code: "TraefikNotReady",
      object,
      problem: `${refText(object)} has ${ready} of ${wanted} pods ready: neither Kasm nor desktops can be reached.`,
      evidence: [
        {
          object,
          field: workload.kind === "DaemonSet" ? "status.numberReady" : "status.readyReplicas",
          value: String(ready),
        },
      ],
      fix: [
        {
          text: "See what its pods say.",
          command: `kubectl describe pods --namespace ${traefik.namespace} --selector ${selectorText(workload)}`,
          risk: "manual",
        },
      ],
      dependsOn: [
        ...podsOf(cluster, traefik).map((pod) => ({
          object: refOf({ ...pod, kind: "Pod" }),
          because: "it is Traefik's pod",
        })),
        ...chartDependencies("K3s rolls Traefik out by it"),
      ],
    },
  ];
}

function second(traefiks: readonly Traefik[]): Finding[] {
  const readers = traefiks.filter(({ readsRoutes }) => readsRoutes);
  return readers.slice(1).flatMap((it) => {
    const other = readers.find((them) => them !== it && them.routeClass === it.routeClass && overlaps(them, it));
    if (!other) return [];
    const object = refOf(it.workload);
    const [first, second] = [refText(refOf(other.workload)), refText(object)];
    return [
      {
        code: "TraefikDuplicate" as const,
        object,
        problem: `${first} and ${second} take up the same IngressRoutes: only one of them can have ports 80 and 443, and which one browsers reach is left to chance.`,
        evidence: [{ object, field: "spec.template.spec.containers[].args", value: "--providers.kubernetescrd" }],
        fix: [
          {
            text: "Keep one: start K3s with --disable=traefik, or set traefik.mode to k3s; or give one of them an ingressClass of its own.",
            risk: "manual" as const,
          },
        ],
      },
    ];
  });
}

function overlaps(a: Traefik, b: Traefik): boolean {
  return a.namespaces.length === 0 || b.namespaces.length === 0 || a.namespaces.some((it) => b.namespaces.includes(it));
}

function selectorText(workload: AnyObject): string {
  const { selector } = workload["spec"] as { selector?: { matchLabels?: Record<string, string> } };
  return Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
