/** Label by which the GPU operator finds a node with an NVIDIA card (PCI vendor 10de). */
export const pciLabel = "feature.node.kubernetes.io/pci-10de.present";

const featureLabels = {
  "feature.node.kubernetes.io/kernel-version.full": "6.8.0-79-generic",
  "feature.node.kubernetes.io/system-os_release.ID": "ubuntu",
  "feature.node.kubernetes.io/system-os_release.VERSION_ID": "24.04",
};

const deployLabels = [
  "container-toolkit",
  "dcgm",
  "dcgm-exporter",
  "device-plugin",
  "driver",
  "gpu-feature-discovery",
  "node-status-exporter",
  "operator-validator",
].map((operand) => `nvidia.com/gpu.deploy.${operand}`);

type Labels = Readonly<Record<string, string>>;
/** Labels to set, and with null to remove. */
export type LabelChanges = Record<string, string | null>;

/**
 * The labels of Node Feature Discovery on one node, GFD's among them: NFD publishes what GFD finds.
 *
 * @param isRunning whether NFD's worker runs on the node; without it (uninstalled, pruned) its labels go
 * @param gpuLabels what GFD found; undefined leaves GFD's labels as they are
 */
export function featureLabelChanges(
  labels: Labels,
  isRunning: boolean,
  gpus: number,
  gpuLabels: Labels | undefined,
): LabelChanges {
  if (!isRunning) return removal(labels, (key) => isFeature(key) || isGpuFeature(key));
  const wanted = { ...featureLabels, ...(gpus > 0 && { [pciLabel]: "true" }) };
  const stale = removal(labels, (key) => key === pciLabel && gpus === 0);
  const staleGpu =
    gpuLabels || gpus === 0 ? removal(labels, (key) => isGpuFeature(key) && !(key in (gpuLabels ?? {}))) : {};
  return { ...stale, ...staleGpu, ...additions(labels, { ...wanted, ...gpuLabels }) };
}

/**
 * The labels by which the operator sends its operands to a node with a card (facts gpu 1.4). A value that is there stays:
 * `gpu.deploy.driver=false` keeps the driver away, `gpu.deploy.operands=false` everything.
 */
export function deployLabelChanges(labels: Labels): LabelChanges {
  const isGpuNode = labels[pciLabel] === "true";
  const isOptedOut = labels["nvidia.com/gpu.deploy.operands"] === "false";
  if (!isGpuNode) return removal(labels, (key) => key === "nvidia.com/gpu.present" || deployLabels.includes(key));
  const wanted = Object.fromEntries(deployLabels.filter((key) => !(key in labels)).map((key) => [key, "true"]));
  if (isOptedOut) return removal(labels, (key) => deployLabels.includes(key));
  return additions(labels, { "nvidia.com/gpu.present": "true", ...wanted });
}

function additions(labels: Labels, wanted: Labels): LabelChanges {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => labels[key] !== value));
}

function removal(labels: Labels, isUnwanted: (key: string) => boolean): LabelChanges {
  return Object.fromEntries(
    Object.keys(labels)
      .filter(isUnwanted)
      .map((key) => [key, null]),
  );
}

function isFeature(key: string): boolean {
  return key.startsWith("feature.node.kubernetes.io/");
}

function isGpuFeature(key: string): boolean {
  return /^nvidia\.com\/(gpu\.(?!deploy\.|present$)|cuda\.|mps\.capable$|mig\.capable$)/.test(key);
}
