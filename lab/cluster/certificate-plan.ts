/** The authorities of the lab, split as K3s splits them: no client certificate opens etcd, no serving one logs in. */
export const authorities = ["etcd-ca", "server-ca", "client-ca", "front-proxy-ca"] as const;

export type AuthorityName = (typeof authorities)[number];

/** One certificate to have: `NAME.crt` and `NAME.key` below `.lab/pki`. */
export interface CertificatePlan {
  name: string;
  signedBy: AuthorityName;
  commonName: string;
  organization?: string;
  use: readonly ("server" | "client")[];
  dnsNames?: readonly string[];
  ipAddresses?: readonly string[];
}

/** Who speaks to the API server with a kubeconfig of its own. */
export const identities = {
  admin: { commonName: "system:admin", organization: "system:masters" },
  // Kubernetes binds these two user names itself.
  "kube-controller-manager": { commonName: "system:kube-controller-manager" },
  "kube-scheduler": { commonName: "system:kube-scheduler" },
  // Bound in grants.ts: they play kubelets and hardware of any node.
  kwok: { commonName: "lab:kwok" },
  simulators: { commonName: "lab:simulators" },
} as const satisfies Record<string, { commonName: string; organization?: string }>;

export type Identity = keyof typeof identities;

const loopback = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };

/** The API server, where it asks a kubelet. */
export const kubeletClient = "system:kube-apiserver";

/** First address of the service range, the ClusterIP of `default/kubernetes`. */
export const apiServiceAddress = "10.43.0.1";

export const certificatePlans: readonly CertificatePlan[] = [
  // etcd's own gateway and health check dial the server with its serving certificate, so it is a client as well.
  { name: "etcd", signedBy: "etcd-ca", commonName: "etcd", use: ["server", "client"], ...loopback },
  { name: "etcd-client", signedBy: "etcd-ca", commonName: "kube-apiserver", use: ["client"] },
  {
    name: "kube-apiserver",
    signedBy: "server-ca",
    commonName: "kube-apiserver",
    use: ["server"],
    dnsNames: [
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
    ],
    ipAddresses: ["127.0.0.1", apiServiceAddress],
  },
  ...["kube-controller-manager", "kube-scheduler"].map((name): CertificatePlan => ({
    name,
    signedBy: "server-ca",
    commonName: name,
    use: ["server"],
    ...loopback,
  })),
  // Of the node that runs desktops, for `kubectl logs`: the API server asks it, and nobody else.
  { name: "kubelet", signedBy: "server-ca", commonName: "system:node:desktops", use: ["server"], ...loopback },
  { name: "kubelet-client", signedBy: "client-ca", commonName: kubeletClient, use: ["client"] },
  { name: "front-proxy", signedBy: "front-proxy-ca", commonName: "system:auth-proxy", use: ["client"] },
  ...Object.entries(identities).map(([identity, subject]): CertificatePlan => ({
    name: `client-${identity}`,
    signedBy: "client-ca",
    use: ["client"],
    ...subject,
  })),
];
