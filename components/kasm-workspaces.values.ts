import type { ChartSource } from "./chart-source.ts";
import type { KasmSizing } from "./kasm-workspaces.sizing.ts";

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
}

/** Values for kasm-helm 1.1190.x. No secret and nothing unknown is in them, so that the first preview is complete. */
export function kasmValues(args: KasmValuesArgs) {
  const { sizing } = args;
  const copies = { replicas: sizing.replicas };
  const compact = sizing.isCompact ? compactResources : undefined;
  return {
    publicAddr: args.domain,
    deploymentSize: sizing.deploymentSize,
    // The released charts default to moving tags and to pulling at every start.
    useImageTags: args.imageTag ?? kasmVersion(args.chart.version),
    imagePullPolicy: "IfNotPresent",
    // The chart looks the resolver up in the cluster, and falls back to Docker's when it cannot.
    nginxResolver: args.nginxResolver,
    kasmSecrets: { create: false, name: secretName },
    // A LoadBalancer would wait for port 443, which Traefik holds on every K3s node.
    proxyService: { type: "ClusterIP" },
    ingress: { enabled: true, ingressClassName: "traefik", tls: true, backendProtocol: "http" },
    certificate: certificateValues(args.certificate),
    database: {
      storage: {
        storageClassName: args.storageClassName,
        // The StatefulSet is named per Kasm version: with Delete, charts up to 1.1190.7 lose the data on an upgrade.
        retentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      },
      ...(compact && { resources: compact.db }),
    },
    dbManagement: {
      initialize: args.database === "initialize",
      upgrade: { enable: args.database === "upgrade" },
    },
    components: {
      proxy: { ...copies, ...(compact && { resources: compact.proxy }) },
      api: { ...copies, ...(compact && { resources: compact.api }) },
      manager: { ...copies, ...(compact && { resources: compact.manager }) },
      ...(compact && {
        guac: { resources: compact.gateway, nginxSidecar: { resources: compact.sidecar } },
        rdpGateway: { resources: compact.gateway, nginxSidecar: { resources: compact.sidecar } },
        rdpHttpsGateway: { resources: compact.gateway, nginxSidecar: { resources: compact.sidecar } },
      }),
    },
  };
}

/** Name of the TLS Secret that the chart mounts. */
export function certificateSecret(source: CertificateSource): string {
  return source.kind === "secret" ? source.secretName : generatedCertificateName;
}

/**
 * The Kasm version that a chart is made for; it names the database's StatefulSet. `1.1190.6` is chart patch 6 for Kasm
 * 1.19.0. A version of another form stands for itself, so that any change of it counts as a change of Kasm.
 */
export function kasmVersion(chartVersion: string): string {
  const [, minor, patch] = /^1\.1(\d\d)(\d)\.\d+$/.exec(chartVersion) ?? [];
  return minor === undefined || patch === undefined ? chartVersion : `1.${Number(minor)}.${patch}`;
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

// Requests for nodes that the small preset does not fit (1.1 cores, 1.9 GiB in all); limits are those of the preset.
const compactResources = {
  proxy: resources("100m", "256Mi", "500m", "512Mi"),
  api: resources("250m", "384Mi", "500m", "1Gi"),
  manager: resources("100m", "256Mi", "500m", "1Gi"),
  db: resources("250m", "256Mi", "750m", "512Mi"),
  gateway: resources("100m", "192Mi", "500m", "512Mi"),
  sidecar: resources("50m", "64Mi", "500m", "256Mi"),
};

function resources(cpu: string, memory: string, cpuLimit: string, memoryLimit: string) {
  return { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}
