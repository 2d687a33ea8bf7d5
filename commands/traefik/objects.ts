import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { legacyCrd, neededCrds } from "../../analyzers/traefik/crds.ts";

/** Traefik's CRDs that are looked at, as far as they are there. */
export async function traefikCrds(client: ClusterClient): Promise<AnyObject[]> {
  const found = await Promise.all([...neededCrds, legacyCrd].map((name) => crd(client, name)));
  return found.filter((one) => one !== undefined);
}

export function crd(client: ClusterClient, name: string): Promise<AnyObject | undefined> {
  return client.get({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name } });
}

/** Deployment and Service, both named `traefik`. */
export function traefikObjects(client: ClusterClient, namespace: string) {
  const metadata = { namespace, name: "traefik" };
  return Promise.all([
    client.get({ apiVersion: "apps/v1", kind: "Deployment", metadata }),
    client.get({ apiVersion: "v1", kind: "Service", metadata }),
  ]);
}

/** One of the objects by which K3s describes its Traefik to its Helm controller. */
export function helmObject(client: ClusterClient, kind: "HelmChart" | "HelmChartConfig") {
  const metadata = { namespace: "kube-system", name: "traefik" };
  return client.get({ apiVersion: "helm.cattle.io/v1", kind, metadata });
}
