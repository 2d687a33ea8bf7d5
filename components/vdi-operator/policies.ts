import type * as k8s from "@pulumi/kubernetes";
import type { ClusterAccess } from "../gates/script.ts";
import { denyAll, pods, toApiServer, toClusterDns } from "../objects/network-policy.ts";
import { gatewayName } from "./rbac.ts";
import { gatewayLabels, gatewayPorts, operatorLabels, operatorPorts } from "./services.ts";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** Namespaces with this label may read metrics, as kubebuilder's projects have it. */
export const scraperLabels = { metrics: "enabled" };

const fromScrapers = {
  from: [{ namespaceSelector: { matchLabels: scraperLabels } }],
  ports: [{ protocol: "TCP", port: operatorPorts.metrics }],
};

export interface OperatorNetworkArgs {
  /** Of sessions. */
  readonly namespace: string;
  readonly operatorNamespace: string;
  readonly traefikNamespace: string;
  readonly cluster: ClusterAccess;
}

/** Policies by the end of their resource's name. Sessions get one of their own each, from the operator. */
export function operatorNetworkPolicies(
  args: OperatorNetworkArgs,
): Record<string, { metadata: { name: string; namespace: string }; spec: NetworkPolicySpec }> {
  const traefik = pods(args.traefikNamespace, { "app.kubernetes.io/name": "traefik" });
  return {
    "session-default-deny": denyAll(args.namespace),
    "operator-default-deny": denyAll(args.operatorNamespace),
    "operator-network": {
      metadata: { name: "kasm-operator", namespace: args.operatorNamespace },
      spec: {
        podSelector: { matchLabels: operatorLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [fromScrapers],
        egress: [
          toClusterDns,
          toApiServer(args.cluster),
          // A session is ready when its stream answers, by itself and through Traefik.
          { to: [pods(args.namespace)] },
          {
            to: [traefik],
            ports: [
              { protocol: "TCP", port: 8000 },
              { protocol: "TCP", port: 8443 },
            ],
          },
        ],
      },
    },
    "gateway-network": {
      metadata: { name: gatewayName, namespace: args.operatorNamespace },
      spec: {
        podSelector: { matchLabels: gatewayLabels },
        policyTypes: ["Ingress", "Egress"],
        // Whoever is let in is told the desktop's password: nobody but Traefik may ask.
        ingress: [fromScrapers, { from: [traefik], ports: [{ protocol: "TCP", port: gatewayPorts.access }] }],
        egress: [toClusterDns, toApiServer(args.cluster)],
      },
    },
  };
}
