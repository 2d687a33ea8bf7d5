import { closedBut, pods, toAnywhere, toApiServer, toClusterDns } from "../objects/network-policy.ts";
import type { ClusterAccess } from "../gates/script.ts";
import type { NetworkPolicyArgs } from "../objects/network-policy.ts";

/** Ports of DCGM exporter, and of operator and node-feature-discovery. */
const metricsPorts = [9400, 8080];

/**
 * NetworkPolicies of the GPU operator's namespace by name. Operator, node-feature-discovery, operands and hooks talk to
 * the API server and to each other; their work on the node goes through host paths and sockets, which no policy sees.
 * Anyone may scrape metrics, since Prometheus may be anywhere.
 *
 * @param driver in a container it downloads kernel headers when it starts
 */
export function networkPolicies(
  namespace: string,
  driver: "host" | "container",
  cluster: ClusterAccess,
): Record<string, NetworkPolicyArgs> {
  const within = [pods(namespace)];
  return closedBut(namespace, {
    "within-namespace": {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: within }, { ports: metricsPorts.map((port) => ({ protocol: "TCP", port })) }],
      egress: [{ to: within }, toClusterDns, toApiServer(cluster)],
    },
    ...(driver === "container" && {
      "driver-downloads": {
        podSelector: { matchLabels: { "app.kubernetes.io/component": "nvidia-driver" } },
        policyTypes: ["Egress"],
        egress: [toAnywhere],
      },
    }),
  });
}
