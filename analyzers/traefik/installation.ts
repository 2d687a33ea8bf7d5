import type { AnyObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";

/** A Traefik of the cluster, as its workload's arguments say. */
export interface Traefik {
  readonly workload: AnyObject;
  readonly namespace: string;
  /** 2 or 3: they write rules differently; undefined where the image does not tell. */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** Empty where they are set elsewhere, as in a file. */
  readonly entryPoints: ReadonlySet<string>;
  /** Whether it reads IngressRoutes. */
  readonly readsRoutes: boolean;
  /** Only objects with this class are taken; "" takes those without, and those of class traefik. */
  readonly routeClass: string;
  readonly allowsCrossNamespace: boolean;
  /** Namespaces that it watches; none is all. */
  readonly namespaces: readonly string[];
}

export function traefiksIn(cluster: Cluster): Traefik[] {
  return [...cluster.all("Deployment"), ...cluster.all("DaemonSet")].filter(isTraefik).map(asTraefik);
}

export function podsOf(cluster: Cluster, { workload, namespace }: Pick<Traefik, "workload" | "namespace">): Pod[] {
  const { selector } = workload["spec"] as { selector?: { matchLabels?: Record<string, string> } };
  const labels = selector?.matchLabels ?? {};
  return Object.keys(labels).length === 0 ? [] : cluster.podsMatching(namespace, labels);
}

/** Whether Traefik takes up a route of this class (traefik: pkg/provider/kubernetes/crd/kubernetes.go). */
export function takesClass({ routeClass }: Traefik, annotation: string): boolean {
  return routeClass === annotation || (routeClass === "" && annotation === "traefik");
}

interface PodTemplate {
  template?: { spec?: { containers?: { image?: string; args?: string[]; command?: string[] }[] } };
}

function containersOf(workload: AnyObject) {
  return (workload["spec"] as PodTemplate | undefined)?.template?.spec?.containers ?? [];
}

function isTraefik(workload: AnyObject): boolean {
  // ServiceLB's DaemonSets carry the name of the Service that they serve.
  if (workload.metadata?.labels?.["svccontroller.k3s.cattle.io/svcname"] !== undefined) return false;
  return containersOf(workload).some(({ image = "" }) => /(?:^|[/-])traefik(?:[:@]|$)/.test(image));
}

function asTraefik(workload: AnyObject): Traefik {
  const containers = containersOf(workload);
  const flags = flagsOf(containers.flatMap(({ args = [], command = [] }) => [...command, ...args]));
  const image = containers.map((it) => it.image ?? "").find((it) => /traefik/.test(it)) ?? "";
  const [, major, minor] = /traefik:v?(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  const names = [...flags.keys()].flatMap((it) => /^entrypoints\.([^.]+)\./.exec(it)?.[1] ?? []);
  return {
    workload,
    namespace: workload.metadata?.namespace ?? "",
    major: major === undefined ? undefined : Number(major),
    minor: minor === undefined ? undefined : Number(minor),
    entryPoints: new Set(names),
    readsRoutes: [...flags.keys()].some((it) => it.startsWith("providers.kubernetescrd")),
    routeClass: flags.get("providers.kubernetescrd.ingressclass") ?? "",
    allowsCrossNamespace: flags.get("providers.kubernetescrd.allowcrossnamespace") === "true",
    namespaces: (flags.get("providers.kubernetescrd.namespaces") ?? "").split(",").filter((it) => it !== ""),
  };
}

/** Traefik's flags do not mind upper and lower case; one without a value is true. */
function flagsOf(args: readonly string[]): Map<string, string> {
  return new Map(
    args
      .filter((it) => it.startsWith("--"))
      .map((it) => {
        const at = it.indexOf("=");
        return at < 0 ? [it.slice(2).toLowerCase(), "true"] : [it.slice(2, at).toLowerCase(), it.slice(at + 1)];
      }),
  );
}
