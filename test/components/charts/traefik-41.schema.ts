import { z } from "zod";

/**
 * The keys of traefik 41.x, from 41.3.0 on, that the program may set, and what the chart takes for each. The chart's own schema is closed
 * at the top, and so is this one at every depth. Where each is defined is in docs/charts.md; a test holds both together.
 */
export const traefik = z.strictObject({
  image: z.strictObject({ registry: z.string().regex(/^[^/]+$/), repository: z.string().min(1) }).optional(),
  deployment: z.strictObject({
    replicas: z.int().min(0),
    imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  }),
  global: z.strictObject({ checkNewVersion: z.boolean(), sendAnonymousUsage: z.boolean() }),
  api: z.strictObject({ dashboard: z.boolean() }),
  providers: z
    .strictObject({ kubernetesCRD: z.strictObject({ defaultTLSResourcesNamespace: z.string().min(1) }) })
    .optional(),
  ingressClass: z.strictObject({ enabled: z.boolean(), isDefaultClass: z.boolean(), name: z.string() }),
  // As in a Service; the chart does not look into it.
  service: z.strictObject({ spec: z.record(z.string(), z.unknown()) }),
  additionalArguments: z.array(z.string().startsWith("--")),
  // As in a pod; of it the chart reads the memory limit.
  resources: z.record(z.string(), z.unknown()),
});
