import * as pulumi from "@pulumi/pulumi";
import { skipAwait } from "../objects/skip-await.ts";
import { gatewayName } from "./rbac.ts";
import { gatewayPorts } from "./services.ts";

/**
 * Spec of the Middleware that shows the gateway's page in the place of Traefik's own errors: no desktop listens, or none that
 * Traefik has heard of yet.
 *
 * @param rewritesErrors whether Traefik can do so; where it cannot, routes are the same, and this one changes nothing
 */
export function errorPage(rewritesErrors: pulumi.Input<boolean>): pulumi.Output<object> {
  return pulumi.output(rewritesErrors).apply((does) => (does ? gatewayPage : noChange));
}

const gatewayPage = {
  errors: {
    status: ["502-504"],
    statusRewrites: { "502": 503, "504": 503 },
    query: "/unreachable?url={url}",
    service: { kind: "Service", name: gatewayName, port: "access" },
  },
};

// Traefik passes a request on when there is but one attempt.
const noChange = { retry: { attempts: 1 } };

/**
 * The gateway as a Service in the namespace of sessions: Traefik takes no Service of another namespace for an error page. It
 * leads to the address of the gateway's own Service, which Traefik asks for forwardAuth as well. Headless, so that it is
 * nothing to kube-proxy, which cannot lead to the address of a Service.
 *
 * @param clusterIP of the gateway's own Service
 */
export function gatewayAlias(namespace: string, clusterIP: pulumi.Input<string>) {
  // A slice's ports are applied as a whole: without the protocol, which the API server would fill in, a later run conflicts.
  const ports = [{ name: "access", port: gatewayPorts.access, protocol: "TCP" }];
  const labels = {
    "kubernetes.io/service-name": gatewayName,
    "endpointslice.kubernetes.io/managed-by": "kasm-vdi",
  };
  return {
    service: {
      metadata: { name: gatewayName, namespace, annotations: skipAwait },
      spec: { clusterIP: "None", ports },
    },
    slice: {
      metadata: { name: gatewayName, namespace, labels },
      addressType: pulumi.output(clusterIP).apply((address) => (address.includes(":") ? "IPv6" : "IPv4")),
      endpoints: [{ addresses: [clusterIP], conditions: { ready: true, serving: true } }],
      ports,
    },
  };
}
