import type * as k8s from "@pulumi/kubernetes";
import { pods, toAnywhere, toApiServer, toClusterDns } from "../objects/network-policy.ts";
import { scraperLabels } from "../vdi-operator/policies.ts";
import { gatewayLabels, gatewayPorts } from "../vdi-operator/services.ts";
import { portalLabels, portalName, portalPorts } from "./settings.ts";
import type { PortalSettings } from "./settings.ts";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

interface PolicyCluster {
  readonly cluster: { readonly apiServerPort?: number };
}

/** Policies by the end of their resource's name; the namespace is closed by the operator's own. */
export function portalNetworkPolicies({
  operatorNamespace: namespace,
  traefikNamespace,
  oidc,
  cluster,
}: Pick<PortalSettings, "operatorNamespace" | "traefikNamespace" | "oidc"> & PolicyCluster): Record<
  string,
  { metadata: { name: string; namespace: string }; spec: NetworkPolicySpec }
> {
  const tcp = (port: number) => [{ protocol: "TCP", port }];
  const traefik = pods(traefikNamespace, { "app.kubernetes.io/name": "traefik" });
  return {
    network: {
      metadata: { name: portalName, namespace },
      spec: {
        podSelector: { matchLabels: portalLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: scraperLabels } }], ports: tcp(portalPorts.metrics) },
          // A header of the sign-in is believed: nobody but Traefik may send one.
          { from: [traefik], ports: tcp(portalPorts.web) },
        ],
        egress: [
          toClusterDns,
          toApiServer(cluster),
          { to: [{ podSelector: { matchLabels: gatewayLabels } }], ports: tcp(gatewayPorts.access) },
          ...(oidc ? [{ ...toAnywhere, ports: tcp(issuerPort(oidc.issuer)) }] : []),
        ],
      },
    },
    "gateway-network": {
      metadata: { name: `${portalName}-links`, namespace },
      spec: {
        podSelector: { matchLabels: gatewayLabels },
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: { matchLabels: portalLabels } }], ports: tcp(gatewayPorts.access) }],
      },
    },
  };
}

function issuerPort(issuer: string): number {
  const { port, protocol } = new URL(issuer);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
