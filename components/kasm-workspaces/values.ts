import type { ChartSource } from "../helm/chart-source.ts";
import { imageReference } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import { kasmVersion } from "./chart.ts";
import { compactResources } from "./compact.ts";
import type { KasmSizing } from "./sizing.ts";
import { trustedCaName } from "./trusted-ca.ts";

/** Helm release name. The chart's upgrade helpers and the DB password's Secret are found by it, so it never changes. */
export const releaseName = "kasm";

/** The chart reads the DB password from this literal name, whatever `kasmSecrets.name` says. */
export const secretName = `${releaseName}-secrets`;

/** TLS Secret that the program, or cert-manager, fills. */
export const generatedCertificateName = `${releaseName}-tls`;

/** Name of the administrator that the chart seeds; the chart changes it only in ways that exclude our own Secret. */
export const adminUser = "admin@kasm.local";

/** Keys of the Secret, as the chart wants them. */
export const passwordKeys = [
  "admin-password",
  "user-password",
  "db-password",
  "service-token",
  "manager-token",
] as const;

/** How Kasm's database is treated by the next `up`. */
export type DatabasePhase = "initialize" | "keep" | "upgrade";

/** Where the TLS certificate of the base domain comes from. */
export type CertificateSource =
  | { readonly kind: "secret"; readonly secretName: string }
  | { readonly kind: "cert-manager"; readonly issuerName: string; readonly issuerKind: "Issuer" | "ClusterIssuer" }
  | { readonly kind: "self-signed" };

export interface KasmValuesArgs {
  readonly domain: string;
  readonly chart: ChartSource;
  readonly imageTag?: string;
  readonly database: DatabasePhase;
  readonly sizing: KasmSizing;
  readonly nginxResolver: string;
  readonly storageClassName: string;
  readonly certificate: CertificateSource;
  readonly registry?: Registry;
  /** Certificates of the site's own authorities, PEM, which Kasm's services then trust. */
  readonly trustedCa?: string;
  /** Native RDP past Traefik; absent means none. A NodePort is chosen by the cluster. */
  readonly directRdp?: { readonly type: "LoadBalancer" | "NodePort"; readonly port: number };
}

/**
 * Values for kasm-helm 1.1190.x; docs/charts.md has them key by key. No secret and nothing unknown is in them, so that the
 * first preview is complete.
 */
export function kasmValues(args: KasmValuesArgs) {
  const { sizing, storageClassName, registry = {} } = args;
  const copies = { replicas: sizing.replicas };
  const compact = sizing.isCompact ? compactResources : undefined;
  const image = (repository: string) => imageValues(repository, registry);
  return {
    publicAddr: args.domain,
    deploymentSize: sizing.deploymentSize,
    // The released charts default to moving tags and to pulling at every start.
    useImageTags: args.imageTag ?? kasmVersion(args.chart.version),
    imagePullPolicy: "IfNotPresent",
    ...(registry.pullSecretName !== undefined && {
      imagePullSecrets: { enabled: true, name: registry.pullSecretName },
    }),
    // The chart looks the resolver up in the cluster, and falls back to Docker's when it cannot.
    nginxResolver: args.nginxResolver,
    kasmSecrets: { create: false, name: secretName },
    // A LoadBalancer would wait for port 443, which Traefik holds on every K3s node.
    proxyService: { type: "ClusterIP" },
    ingress: { enabled: true, ingressClassName: "traefik", tls: true, backendProtocol: "http" },
    certificate: certificateValues(args.certificate),
    ...(args.trustedCa !== undefined && {
      trustedCaBundle: { enabled: true, configMapName: trustedCaName(args.trustedCa) },
    }),
    ...(args.directRdp && {
      directRdpService: {
        enabled: true,
        type: args.directRdp.type,
        loadBalancerPort: args.directRdp.port,
        rdpAccessURL: args.domain,
      },
    }),
    ...(sizing.replicas > 1 && { affinity: spreadOverNodes }),
    database: {
      ...image("kasmweb/postgres"),
      storage: {
        storageClassName,
        // The StatefulSet is named per Kasm version: with Delete, charts up to 1.1190.7 lose the data on an upgrade.
        retentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      },
      ...(compact && { resources: compact.db }),
    },
    dbManagement: {
      initialize: args.database === "initialize",
      upgrade: { enable: args.database === "upgrade", backupStorageClass: storageClassName },
    },
    components: {
      // The waits, the Jobs and the CA's init containers run the API's image, the gateways' sidecars the proxy's.
      proxy: { ...image("kasmweb/proxy"), ...copies, ...(compact && { resources: compact.proxy }) },
      api: { ...image("kasmweb/api"), ...copies, ...(compact && { resources: compact.api }) },
      manager: { ...image("kasmweb/manager"), ...copies, ...(compact && { resources: compact.manager }) },
      guac: { ...image("kasmweb/kasm-guac"), ...gatewayResources(compact), recordingData: { storageClassName } },
      rdpGateway: { ...image("kasmweb/rdp-gateway"), ...gatewayResources(compact) },
      rdpHttpsGateway: { ...image("kasmweb/rdp-https-gateway"), ...gatewayResources(compact) },
    },
  };
}

export type KasmValues = ReturnType<typeof kasmValues>;

/** Name of the TLS Secret that the chart mounts. */
export function certificateSecret(source: CertificateSource): string {
  return source.kind === "secret" ? source.secretName : generatedCertificateName;
}

/**
 * Why the chart must not be installed over the database that is there; undefined when it may. An initialising install of
 * another version would start with a new, empty database; keeping would wait for ever for one.
 *
 * @param recorded Kasm version that the database was made by, or upgraded to
 */
export function databaseRefusal(recorded: string, wanted: string, phase: DatabasePhase): string | undefined {
  if (recorded === wanted || phase === "upgrade") return undefined;
  return (
    `Kasm's database was made by version ${recorded}, and the chart brings ${wanted}. With kasm.database: ${phase} ` +
    `Kasm would get a new, empty database. To move the data set kasm-vdi:kasm.database to upgrade for one \`pulumi up\`, ` +
    `then to keep. To stay, set kasm-vdi:kasm.chart.version back.`
  );
}

function certificateValues(source: CertificateSource) {
  const secret = { secretName: certificateSecret(source) };
  if (source.kind !== "cert-manager") return secret;
  const { issuerName, issuerKind } = source;
  return {
    ...secret,
    certManager: { enabled: true, addWildCard: true, issuerName, issuerKind, issuerGroup: "cert-manager.io" },
  };
}

/** The chart joins `registry`, `repository` and the tag; a mirror's path goes with the repository. */
function imageValues(repository: string, registry: Registry) {
  if (registry.mirror === undefined) return {};
  const [host = "", ...path] = imageReference(repository, registry).split("/");
  return { image: { registry: host, repository: path.join("/") } };
}

function gatewayResources(compact: typeof compactResources | undefined) {
  return compact && { resources: compact.gateway, nginxSidecar: { resources: compact.sidecar } };
}

// The chart has one affinity for all of its pods. Kubernetes before 1.31 leaves matchLabelKeys out, and then every pod
// of Kasm keeps away from every other where it can.
const spreadOverNodes = {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: { "app.kubernetes.io/instance": releaseName } },
          matchLabelKeys: ["app.kubernetes.io/component"],
        },
      },
    ],
  },
};
