import type * as k8s from "@pulumi/kubernetes";
import { releaseName } from "./values.ts";
import type { CertificateSource } from "./values.ts";
import { trustedCaData, trustedCaName } from "./trusted-ca.ts";
import { closedBut, pods, toAnywhere, toClusterDns } from "../objects/network-policy.ts";
import type { NetworkPolicyArgs } from "../objects/network-policy.ts";

type BudgetArgs = k8s.types.input.policy.v1.PodDisruptionBudget;

/** The ConfigMap that remembers Kasm's database: its data has the version that made it. */
export const databaseRecordName = `${releaseName}-database-version`;
/** On that ConfigMap: the name that the cluster had for Pulumi. */
export const clusterNameLabel = "vdi.kasm.io/cluster-name";
/** On it as well, by hand: the stack that the database belongs to, after it was renamed. */
export const stackAnnotation = "vdi.kasm.io/stack";

/** What the chart writes on every pod; `app.kubernetes.io/component` tells them apart. */
const ofKasm = { "app.kubernetes.io/instance": releaseName };
const component = (name: string) => ({ ...ofKasm, "app.kubernetes.io/component": name });

/** Parts that talk to the world: agents and RDP targets, licence server, LDAP and OIDC providers, registries. */
const outgoing = ["proxy", "api", "manager", "guac", "rdp-gateway", "rdp-https-gateway"];

/**
 * NetworkPolicies of Kasm's namespace by name. Closed but for: Traefik to the proxy, everything within the namespace, the
 * cluster's DNS, and the services above to every address except metadata ranges. Database and Jobs stay inside.
 *
 * @param traefikNamespace where Traefik's pods run: `kube-system` for the one that K3s brings
 * @param hasDirectRdp opens the RDP gateway to everybody, which is what native RDP past Traefik means
 */
export function networkPolicies(
  namespace: string,
  traefikNamespace: string,
  hasDirectRdp: boolean,
): Record<string, NetworkPolicyArgs> {
  const within = [pods(namespace)];
  return closedBut(namespace, {
    "within-namespace": {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: within }],
      egress: [{ to: within }, toClusterDns],
    },
    "from-traefik": {
      podSelector: { matchLabels: component("proxy") },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [pods(traefikNamespace, { "app.kubernetes.io/name": "traefik" })],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    },
    "to-the-world": {
      podSelector: {
        matchLabels: ofKasm,
        matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: outgoing }],
      },
      policyTypes: ["Egress"],
      egress: [toAnywhere],
    },
    ...(hasDirectRdp && {
      "direct-rdp": {
        podSelector: { matchLabels: component("rdp-gateway") },
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ protocol: "TCP", port: 3389 }] }],
      },
    }),
  });
}

/** PodDisruptionBudgets by component: a drain takes one copy at a time. None for single copies, which would block it. */
export function disruptionBudgets(namespace: string, replicas: number): Record<string, BudgetArgs> {
  if (replicas < 2) return {};
  const budget = (name: string) => ({
    metadata: { name: `${releaseName}-${name}`, namespace },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: component(name) },
      // Pods that wait in their init containers serve nobody: they must not hold up a drain.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  });
  return { proxy: budget("proxy"), api: budget("api"), manager: budget("manager") };
}

/** The site's own certificate authorities, where the chart's `trustedCaBundle.configMapName` looks for them. */
export function trustedCaConfigMap(namespace: string, pem: string) {
  return { metadata: { name: trustedCaName(pem), namespace }, data: trustedCaData(pem), immutable: true };
}

/**
 * The certificate for routes that name none. Traefik takes the one store `default`, in whatever namespace it is, and the
 * Secret has to be beside it.
 */
export function defaultTlsStore(namespace: string, certificate: string) {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "TLSStore",
    metadata: { name: "default", namespace },
    spec: { defaultCertificate: { secretName: certificate } },
  };
}

/**
 * Why a certificate cannot be made for the domain; undefined when it can. The chart has cert-manager write the domain into
 * the common name, which X.509 limits to 64 characters (kasm-helm cert-manager-certificate.yaml).
 */
export function certificateRefusal({ kind }: CertificateSource, domain: string): string | undefined {
  return kind === "cert-manager" && domain.length > 64
    ? `${domain} has ${domain.length} characters, and a certificate of cert-manager's takes 64 at most; give one by secretName.`
    : undefined;
}
