import type { z } from "zod";
import {
  absolutePath,
  dnsLabel,
  exactVersion,
  filePath,
  flag,
  group,
  labels,
  objectName,
  oneOf,
  pinnedImage,
  seconds,
  secretText,
  text,
  textThat,
  wholeNumber,
} from "./config.shapes.ts";

/** Groups of keys about the cluster and what K3s brings. Defaults that are fixed stand here, others follow from the rest. */

export const chart = group({
  repo: text(/^https?:\/\/\S+$/, "the https:// address of a Helm repository")
    .optional()
    .describe("Helm repository, such as a mirror of the official one. One with a sign-in: repoName."),
  repoName: text(/^[A-Za-z0-9._-]+$/, "the name that `helm repo add` was given")
    .optional()
    .describe(
      "Helm repository by its name on this machine, where `helm repo add` keeps its sign-in and its authority.",
    ),
  oci: text(/^oci:\/\/\S+$/, "an oci:// address")
    .optional()
    .describe("The chart in an OCI registry, which `helm registry login` signs in at."),
  path: filePath.optional().describe("The chart as a folder, relative to the project."),
  version: exactVersion.optional().describe("Version of the chart. Default: the one that this program is made for."),
}).describe("Where the Helm chart comes from: at most one of repo, repoName, oci and path.");

export const nodeSize = group({
  cpuCores: wholeNumber(2).default(4).describe("Cores."),
  memoryGiB: wholeNumber(4).default(8).describe("Memory in GiB."),
});

export const nodePool = group({
  name: dnsLabel.describe("Name of the pool."),
  count: wholeNumber(1).describe("Nodes in the pool."),
  gpusPerNode: wholeNumber(0).default(0).describe("Physical GPUs in each node."),
  replicasPerGpu: wholeNumber(1)
    .optional()
    .describe("Desktops per GPU; 1 is no sharing. Default: that of the group gpu."),
  labels: labels.default({}).describe("Labels that tell the pool's nodes from others."),
  nodeSize: nodeSize.optional().describe("Its nodes where they are larger than the smallest. Default: nodeSize."),
});

export const namespaces = group({
  kasm: dnsLabel.default("kasm").describe("Kasm Workspaces."),
  gpuOperator: dnsLabel.default("gpu-operator").describe("NVIDIA's operator and what it starts."),
  vdi: dnsLabel.default("kasm-vdi").describe("Desktop sessions."),
  operator: dnsLabel.default("kasm-vdi-system").describe("The VDI operator."),
  turn: dnsLabel.default("turn").describe("The TURN server."),
  storage: dnsLabel.default("kasm-vdi-storage").describe("The provisioner of storage mode own."),
  traefik: dnsLabel.default("traefik").describe("Traefik in mode own."),
});

export const storage = group({
  mode: oneOf(["check", "patch", "own"])
    .default("check")
    .describe("check: changes nothing. patch: overrides K3s's setup script. own: a provisioner and class of our own."),
  className: objectName("StorageClass")
    .optional()
    .describe("Class of Kasm's volumes. Default: local-path; in mode own kasm-local-path."),
  path: absolutePath
    .optional()
    .describe("Folder of its own on the nodes, mode own: it becomes 0700. Default: /var/lib/kasm-vdi/storage."),
  image: pinnedImage.optional().describe("The provisioner's image, mode own."),
  helperImage: pinnedImage.optional().describe("Image of the pods that make and remove folders, mode own."),
  timeoutSeconds: seconds.default(600).describe("How long to wait for the provisioner, mode own."),
});

export const traefik = group({
  mode: oneOf(["k3s", "own"])
    .default("k3s")
    .describe("k3s: the Traefik that K3s brings. own: the upstream chart, on a K3s started with --disable=traefik."),
  configure: flag().default(true).describe("Mode k3s: redirect to HTTPS and long uploads, by a HelmChartConfig."),
  failurePolicy: oneOf(["retry", "abort"])
    .default("abort")
    .describe("Of that HelmChartConfig; retry needs a K3s of July 2026 or later."),
  chart: chart.optional(),
  timeoutSeconds: seconds.default(300).describe("How long to wait for Traefik to serve."),
});

export const preflight = group({
  mode: oneOf(["enforce", "warn", "off"])
    .default("enforce")
    .describe("enforce: what is required stops `up`. warn: only tells. off: looks at nothing."),
});

const isJsonObject = (text: string): boolean => {
  try {
    return "auths" in (JSON.parse(text) as object);
  } catch {
    return false;
  }
};

export const registry = group({
  mirror: text(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*\/?$/, "a registry's host and path, without https://")
    .optional()
    .describe("Registry that holds copies of all images under their own paths."),
  pullSecretName: objectName("Secret")
    .optional()
    .describe("Pull secret in each namespace. Default: site-registry where pullSecret is given, else none."),
  pullSecret: secretText("the text of a .dockerconfigjson")
    .refine(isJsonObject, { error: "the text of a .dockerconfigjson" })
    .optional()
    .describe("Content of the pull secret. Without it somebody else has to put the Secret into each namespace."),
});

const pem = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;

// People paste the key along with the certificate: what is wrong here is not repeated.
export const trustedCa = textThat((value) => pem.test(value), "certificates in PEM form, and nothing else").meta({
  mayHoldSecret: true,
});

export type RawChart = z.output<typeof chart>;
