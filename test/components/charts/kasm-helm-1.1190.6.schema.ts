import { z } from "zod";

/**
 * The keys of kasm-helm 1.1190.6 that the program may set, and what the chart takes for each. Closed: a key that is not
 * here has not been looked up. Where each is defined is in docs/charts.md; a test holds both together.
 */

const resources = z.strictObject({
  requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
  limits: z.strictObject({ cpu: z.string(), memory: z.string() }),
});
const image = z.strictObject({ registry: z.string().regex(/^[^/]+$/), repository: z.string() }).optional();
const served = z.strictObject({ image, replicas: z.int().min(0), resources: resources.optional() });
const sidecar = z.strictObject({ resources }).optional();
const gateway = z.strictObject({ image, resources: resources.optional(), nginxSidecar: sidecar });

export const kasmHelm = z.strictObject({
  publicAddr: z.string().min(1),
  deploymentSize: z.enum(["small", "medium", "large"]),
  useImageTags: z.string().min(1),
  imagePullPolicy: z.enum(["Always", "IfNotPresent", "Never"]),
  imagePullSecrets: z.strictObject({ enabled: z.boolean(), name: z.string().min(1) }).optional(),
  nginxResolver: z.string(),
  // The name is a literal in some templates, and compulsory for a Secret that the chart does not make.
  kasmSecrets: z.strictObject({ create: z.literal(false), name: z.literal("kasm-secrets") }),
  // Anything else is refused beside an Ingress.
  proxyService: z.strictObject({ type: z.literal("ClusterIP") }),
  ingress: z.strictObject({
    enabled: z.boolean(),
    ingressClassName: z.string(),
    tls: z.boolean(),
    backendProtocol: z.enum(["http", "https"]),
  }),
  certificate: z.strictObject({
    secretName: z.string().min(1),
    certManager: z
      .strictObject({
        enabled: z.boolean(),
        addWildCard: z.boolean(),
        issuerName: z.string(),
        issuerKind: z.enum(["Issuer", "ClusterIssuer"]),
        issuerGroup: z.string(),
      })
      .optional(),
  }),
  trustedCaBundle: z.strictObject({ enabled: z.boolean(), configMapName: z.string().min(1) }).optional(),
  directRdpService: z
    .strictObject({
      enabled: z.boolean(),
      rdpAccessURL: z.string().min(1),
      type: z.enum(["LoadBalancer", "NodePort"]),
      loadBalancerPort: z.int(),
    })
    .optional(),
  // Any affinity of a pod; the chart does not look into it.
  affinity: z.record(z.string(), z.unknown()).optional(),
  database: z.strictObject({
    image,
    storage: z.strictObject({
      storageClassName: z.string(),
      retentionPolicy: z.strictObject({
        whenDeleted: z.enum(["Retain", "Delete"]),
        whenScaled: z.enum(["Retain", "Delete"]),
      }),
    }),
    resources: resources.optional(),
  }),
  dbManagement: z
    .strictObject({
      initialize: z.boolean(),
      upgrade: z.strictObject({ enable: z.boolean(), backupStorageClass: z.string() }),
    })
    .refine(({ initialize, upgrade }) => !(initialize && upgrade.enable), { error: "initialize and upgrade at once" }),
  components: z.strictObject({
    proxy: served,
    api: served,
    manager: served,
    guac: gateway.extend({ recordingData: z.strictObject({ storageClassName: z.string() }) }),
    rdpGateway: gateway,
    rdpHttpsGateway: gateway,
  }),
});
