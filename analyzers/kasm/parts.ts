import type { PodSpec } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { workloads } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";

// Images of the control plane; desktops have others of the same organisation, such as kasmweb/desktop.
const ofControlPlane =
  /(?:^|\/)kasmweb\/(proxy|api|manager|postgres|kasm-guac|rdp-gateway|rdp-https-gateway|share)(?::([\w.-]+))?(?:@|$)/;

/** An image of Kasm's own services. */
export interface KasmImage {
  /** `api` */
  readonly part: string;
  /** `1.19.0` */
  readonly tag: string;
}

export function kasmImage(image: string | undefined): KasmImage | undefined {
  const [, part, tag = "latest"] = ofControlPlane.exec(image ?? "") ?? [];
  return part === undefined ? undefined : { part, tag };
}

/** Workloads of Kasm's control plane. */
export function kasmWorkloads(cluster: Cluster): Workload[] {
  return workloads(cluster, ["Deployment", "StatefulSet", "Job"]).filter((it) => {
    const { spec } = it.spec?.template ?? {};
    return imagesIn(spec).length > 0 || it.metadata.labels?.["app.kubernetes.io/part-of"] === "kasm";
  });
}

export function imagesIn(spec: PodSpec | undefined): KasmImage[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ image }) => kasmImage(image) ?? []);
}

/** Namespaces that hold parts of Kasm's control plane. */
export function kasmNamespaces(cluster: Cluster): Set<string> {
  return new Set(kasmWorkloads(cluster).map(({ metadata }) => metadata.namespace));
}
