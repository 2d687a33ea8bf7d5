import { stringify } from "yaml";
import { imageReference, pullSecrets } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import type { ClusterAccess } from "../gates/script.ts";
import { toApiServer, toClusterDns } from "../objects/network-policy.ts";

/**
 * What every Traefik of ours is started with, as arguments: value keys for the same were renamed in charts 28, 34 and 39,
 * and a chart from 39 on refuses keys that it does not know (traefik/traefik-helm-chart Changelog, values.schema.json).
 */
export const traefikArguments = [
  // The port that browsers see: `websecure` by name would send them to the port inside the pod.
  "--entryPoints.web.http.redirections.entryPoint.to=:443",
  "--entryPoints.web.http.redirections.entryPoint.scheme=https",
  // For a request with its body: whoever sends slowly holds a connection no longer. Before 2.11.2 there was no end.
  "--entryPoints.web.transport.respondingTimeouts.readTimeout=60s",
  // Time for uploads, which the default of 60 s would cut off. Answers and WebSockets, once open, have no end.
  "--entryPoints.websecure.transport.respondingTimeouts.readTimeout=600s",
] as const;

/** Tells our HelmChartConfig from one that somebody else made; there can only be one. */
export const ownedByUs = { "app.kubernetes.io/managed-by": "kasm-vdi" } as const;

/**
 * What K3s's Helm controller merges into the values of its own Traefik. Without a policy the CRD's default, reinstall,
 * wins over K3s's own: a failed upgrade would then delete Traefik's CRDs, and with them every route.
 */
export function helmChartConfig(failurePolicy: "retry" | "abort") {
  return {
    apiVersion: "helm.cattle.io/v1",
    kind: "HelmChartConfig",
    metadata: { name: "traefik", namespace: "kube-system", labels: ownedByUs },
    spec: { valuesContent: stringify({ additionalArguments: [...traefikArguments] }), failurePolicy },
  };
}

/**
 * Values for the upstream chart 41.x, each key looked up in its values.yaml (docs/charts.md).
 *
 * @param defaultsNamespace where the TLSStore `default` has to be; else the first one of any namespace would count
 */
export function traefikValues(registry: Registry, defaultsNamespace?: string) {
  return {
    ...(registry.mirror !== undefined && { image: mirroredImage(registry) }),
    deployment: {
      replicas: 1,
      ...pullSecrets(registry),
    },
    // Looks for new versions at a server of the maker's.
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    api: { dashboard: false },
    ...(defaultsNamespace !== undefined && {
      providers: { kubernetesCRD: { defaultTLSResourcesNamespace: defaultsNamespace } },
    }),
    ingressClass: { enabled: true, isDefaultClass: true, name: "traefik" },
    service: { spec: { type: "LoadBalancer", ipFamilyPolicy: "PreferDualStack" } },
    additionalArguments: [...traefikArguments],
    // Streams of desktops pass here: throttling by a CPU limit would show.
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  };
}

// The chart writes registry/repository:tag; the image that it means is docker.io's `traefik`.
function mirroredImage(registry: Registry) {
  const [first = "", ...rest] = imageReference("traefik", registry).split("/");
  return { registry: first, repository: rest.join("/") };
}

/** Labels of the chart's pods, for a release named `traefik`. */
export function traefikPods(namespace: string) {
  return { "app.kubernetes.io/name": "traefik", "app.kubernetes.io/instance": `traefik-${namespace}` };
}

/** Opens for browsers the ports inside the pod; routes may lead to pods of any namespace. */
export function traefikPolicy(namespace: string, cluster: ClusterAccess) {
  return {
    metadata: { name: "traefik", namespace },
    spec: {
      podSelector: { matchLabels: traefikPods(namespace) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [
            { protocol: "TCP", port: "web" },
            { protocol: "TCP", port: "websecure" },
          ],
        },
      ],
      egress: [toClusterDns, toApiServer(cluster), { to: [{ namespaceSelector: {} }] }],
    },
  };
}
