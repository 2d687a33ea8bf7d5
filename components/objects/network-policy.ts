import type * as k8s from "@pulumi/kubernetes";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
export type NetworkPolicyArgs = k8s.types.input.networking.v1.NetworkPolicy;
type Rule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

// Link-local addresses hold the clouds' metadata services, which hand out the node's credentials.
const metadataRanges = { v4: ["169.254.0.0/16"], v6: ["fe80::/10", "fd00:ec2::254/128"] };

/** Closes a namespace in both directions; the policies beside it open what its parts need. */
export function denyAll(namespace: string) {
  return {
    metadata: { name: "default-deny", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } satisfies PolicySpec,
  };
}

/**
 * All policies of one namespace by name: it is closed, but for what `openings` say.
 *
 * @param openings specs by the policy's name
 */
export function closedBut(
  namespace: string,
  openings: Readonly<Record<string, PolicySpec>>,
): Record<string, NetworkPolicyArgs> {
  const opened = Object.entries(openings).map(([name, spec]) => [name, { metadata: { name, namespace }, spec }]);
  return { "default-deny": denyAll(namespace), ...(Object.fromEntries(opened) as Record<string, NetworkPolicyArgs>) };
}

/** Names are resolved by the cluster's DNS only. */
export const toClusterDns: Rule = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Where K3s's API server listens unless it is told otherwise. */
export const stockApiServerPort = 6443;

/**
 * The API server. A policy sees addresses after the Service's translation, so it is a node's address and the port that
 * K3s listens at; which node is not known here.
 */
export function toApiServer({ apiServerPort = stockApiServerPort }: { readonly apiServerPort?: number }): Rule {
  return { ports: [{ protocol: "TCP", port: apiServerPort }] };
}

/** Every address but those of metadata services. */
export const toAnywhere: Rule = {
  to: [
    { ipBlock: { cidr: "0.0.0.0/0", except: metadataRanges.v4 } },
    { ipBlock: { cidr: "::/0", except: metadataRanges.v6 } },
  ],
};

/** Pods of one namespace, all of them or those with the labels. */
export function pods(namespace: string, matchLabels?: Record<string, string>) {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...(matchLabels && { podSelector: { matchLabels } }),
  };
}
