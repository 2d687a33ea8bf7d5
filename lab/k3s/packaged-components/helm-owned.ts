import type { AnyObject } from "../../../kube/client.ts";

/** Marks an object as part of a Helm release in kube-system, as Helm does; another release then refuses to adopt it. */
export function helmOwned(release: string, object: AnyObject): AnyObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: {
        "app.kubernetes.io/name": "traefik",
        "app.kubernetes.io/instance": "traefik-kube-system",
        "app.kubernetes.io/managed-by": "Helm",
        ...metadata?.labels,
      },
      annotations: {
        "meta.helm.sh/release-name": release,
        "meta.helm.sh/release-namespace": "kube-system",
        ...metadata?.annotations,
      },
    },
  };
}
