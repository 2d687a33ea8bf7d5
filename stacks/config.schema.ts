import { isIP } from "node:net";
import { z } from "zod";

/**
 * Shapes of the config keys, one by one. Each message says what is allowed, and completes the sentence "must be ...".
 * Rules between keys are in config.rules.ts.
 */

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hostname = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const labelKey = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

const wholeNumber = (min: number, max?: number) => {
  const error = max === undefined ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`;
  const number = z.int({ error }).min(min, { error });
  return max === undefined ? number : number.max(max, { error });
};
const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });
const flag = () => z.boolean({ error: "true or false" });
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(", ")}` });
const group = <T extends z.core.$ZodShape>(shape: T, error = "a group of keys") => z.strictObject(shape, { error });

const dnsLabel = text(label, "a DNS label: lower-case letters, digits and dashes, at most 63");
const path = text(/\S/, "a path");
const version = text(/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "an exact version such as 1.2.3");
// Helm waits at most this long for an install; a day is surely a slip of the unit.
const seconds = wholeNumber(30, 86_400);

const chart = group({
  repo: text(/^https?:\/\/\S+$/, "the https:// address of a Helm repository").optional(),
  oci: text(/^oci:\/\/\S+$/, "an oci:// address").optional(),
  path: path.optional(),
  version: version.optional(),
});

const nodePool = group({
  name: dnsLabel,
  count: wholeNumber(1),
  gpusPerNode: wholeNumber(0).optional(),
  replicasPerGpu: wholeNumber(1).optional(),
  labels: z
    .record(
      z.string().regex(labelKey, { error: "a label key such as pool or example.com/pool" }),
      text(labelValue, "a label value: letters, digits, dashes, dots and underscores, at most 63"),
      { error: "labels as key: value" },
    )
    .optional(),
});

/** What people write, before defaults: one entry for each key of the namespace `kasm-vdi`. */
export const configSchema = group({
  domain: text(hostname, "a host name such as desktops.example.com, without https:// and without *").max(189, {
    error: "at most 189 characters, since session names come before it",
  }),
  nodeCount: wholeNumber(1),
  gpuCount: wholeNumber(0),
  nodePools: z.array(nodePool, { error: "a list of pools" }).optional(),
  nodeSize: group({ cpuCores: wholeNumber(1).optional(), memoryGiB: wholeNumber(1).optional() }).optional(),
  publicIPs: z
    .array(
      z
        .string({ error: "an IPv4 or IPv6 address" })
        .refine((ip) => isIP(ip) !== 0, { error: "an IPv4 or IPv6 address" }),
      { error: "a list of IP addresses" },
    )
    .optional(),
  clusterName: dnsLabel.optional(),
  kubeconfig: path.optional(),
  context: text(/\S/, "the name of a context in the kubeconfig").optional(),
  namespaces: group({
    kasm: dnsLabel.optional(),
    gpuOperator: dnsLabel.optional(),
    vdi: dnsLabel.optional(),
  }).optional(),
  protectData: flag().optional(),
  kasm: group({
    chart: chart.optional(),
    imageTag: text(/^[\w][\w.-]{0,127}$/, "an image tag such as 1.19.0").optional(),
    database: oneOf(["initialize", "keep", "upgrade"]).optional(),
    deploymentSize: oneOf(["small", "medium", "large"]).optional(),
    nginxResolver: z
      .string({ error: "the IP address of the cluster's DNS Service" })
      .refine((ip) => isIP(ip) !== 0, { error: "the IP address of the cluster's DNS Service" })
      .optional(),
    timeoutSeconds: seconds.optional(),
  }).optional(),
  certificate: group({
    secretName: text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "the name of a Secret").optional(),
    certManager: group({
      issuerName: text(/\S/, "the name of an issuer"),
      issuerKind: oneOf(["Issuer", "ClusterIssuer"]).optional(),
    }).optional(),
    selfSigned: z.literal(true, { error: "true" }).optional(),
  }).optional(),
  gpu: group({
    replicasPerGpu: wholeNumber(1).optional(),
    driver: oneOf(["host", "container"]).optional(),
    chart: chart.optional(),
    timeoutSeconds: seconds.optional(),
  }).optional(),
  storage: group({
    mode: oneOf(["check", "patch", "own"]).optional(),
    className: text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "the name of a StorageClass").optional(),
  }).optional(),
});

export type RawConfig = z.infer<typeof configSchema>;
export type RawChart = z.infer<typeof chart>;

/** Keys whose value is text as it is; every other value may be stored as JSON. */
export const textKeys: ReadonlySet<string> = new Set(["domain", "clusterName", "kubeconfig", "context"]);
