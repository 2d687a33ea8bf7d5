import { z } from "zod";

/**
 * The keys of gpu-operator v26.7.0 that the program may set, and what the chart, or the CRD of ClusterPolicy behind it,
 * takes for each. The chart itself has no schema and ignores what it does not know, so this one is closed. Where each is
 * defined is in docs/charts.md; a test holds both together.
 */

// A repository is joined with the name of the image, which stays as it is.
const repository = z.string().min(1).optional();
// Names, but in node-feature-discovery, where they are as in a pod.
const imagePullSecrets = z.array(z.string().min(1)).optional();
const image = { repository, imagePullSecrets };
const toleration = z.strictObject({
  key: z.string(),
  operator: z.enum(["Exists", "Equal"]),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});
const tolerations = z.array(toleration).min(1);

export const gpuOperator = z.strictObject({
  operator: z.strictObject(image),
  validator: z.strictObject(image),
  driver: z.strictObject({
    ...image,
    enabled: z.boolean(),
    upgradePolicy: z.strictObject({ autoUpgrade: z.boolean() }),
    manager: z.strictObject({ repository: z.string().min(1) }).optional(),
  }),
  mig: z.strictObject({ strategy: z.enum(["none", "single", "mixed"]) }),
  toolkit: z.strictObject({ ...image, env: z.array(z.strictObject({ name: z.string(), value: z.string() })) }),
  devicePlugin: z.strictObject({
    ...image,
    // With `create` the chart would want `data` as well.
    config: z.strictObject({ create: z.literal(false), name: z.string().min(1), default: z.string().min(1) }),
  }),
  gfd: z.strictObject(image),
  dcgmExporter: z.strictObject({ ...image, serviceMonitor: z.strictObject({ enabled: z.boolean() }) }),
  migManager: z.strictObject(image),
  daemonsets: z.strictObject({ tolerations }).optional(),
  "node-feature-discovery": z.strictObject({
    image: z.strictObject({ repository: z.string().min(1) }).optional(),
    imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
    worker: z.strictObject({ tolerations }).optional(),
  }),
});
