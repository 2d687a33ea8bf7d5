import { sessionRoutePriority } from "../vdi-operator/admission-hosts.ts";
import { skipAwait } from "../objects/skip-await.ts";
import { proxyMiddleware } from "./proxy.ts";
import { portalLabels, portalName, portalPorts } from "./settings.ts";
import type { PortalSettings } from "./settings.ts";

/** Arguments of the Service that Traefik sends people to. */
export function portalService(namespace: string) {
  return service(portalName, namespace, "web");
}

/** Arguments of the Service that the portal's metrics are scraped from. */
export function portalMetricsService(namespace: string) {
  return service(`${portalName}-metrics`, namespace, "metrics");
}

/** Arguments of the portal's PodDisruptionBudget: a drained node takes one replica at a time. */
export function portalDisruptionBudget(namespace: string) {
  return {
    metadata: { name: portalName, namespace },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: portalLabels },
      // Replicas that crash do no work: they must not hold up a drain.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

/** The portal's route; TLS by the default store's certificate, which is that of the domain. */
export function portalRoute({
  operatorNamespace: namespace,
  host,
  middlewares,
  userHeader,
}: Pick<PortalSettings, "operatorNamespace" | "host" | "middlewares" | "userHeader">) {
  // Behind those of the site, which pass what they are given on to servers of their own.
  const all = [...middlewares, ...(userHeader === undefined ? [] : [proxyMiddleware])];
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: { name: portalName, namespace },
    spec: {
      entryPoints: ["websecure"],
      routes: [
        {
          kind: "Rule",
          match: `Host(\`${host}\`)`,
          // Policies keep routes of other namespaces below it: one that were longer would get everybody's sign-in.
          priority: sessionRoutePriority,
          ...(all.length > 0 && { middlewares: all.map((name) => ({ name })) }),
          services: [{ kind: "Service", name: portalName, port: portalPorts.web }],
        },
      ],
      tls: {},
    },
  };
}

function service(name: string, namespace: string, port: keyof typeof portalPorts) {
  return {
    metadata: { name, namespace, labels: portalLabels, annotations: skipAwait },
    spec: { selector: portalLabels, ports: [{ name: port, port: portalPorts[port], targetPort: port }] },
  };
}
