import { readDeviceConfig } from "./device-config.ts";
import type { DeviceConfig } from "./device-config.ts";
import { planOperand } from "./config-manager.ts";
import type { LoadedConfig, OperandInput, OperandState } from "./config-manager.ts";

export const pluginContainer = "nvidia-device-plugin";
export const discoveryContainer = "gpu-feature-discovery";

/** One of the node's pods that read the device config; undefined parts of {@link GpuNodeInput} mean: no such pod. */
export type OperandPod = Omit<OperandInput, "label" | "container">;

export interface GpuNodeInput {
  /** Physical GPUs. */
  gpus: number;
  /** Node label nvidia.com/device-plugin.config; "" for none. */
  label: string;
  /** `status.capacity` as it is. */
  capacity: Readonly<Record<string, string>>;
  plugin: OperandPod | undefined;
  discovery: OperandPod | undefined;
}

export interface GpuNodePlan {
  plugin: OperandState | undefined;
  discovery: OperandState | undefined;
  /** Values of nvidia.com/gpu and nvidia.com/gpu.shared for capacity and allocatable. Absent: leave as it is. */
  capacity: Record<string, string>;
  /** Labels of GPU feature discovery; undefined when it does not run, and then the old ones stay. */
  labels: Record<string, string> | undefined;
}

/** What the GPU software of one node does and shows, given its pods and what they have mounted. */
export function planGpuNode({ gpus, label, capacity, plugin, discovery }: GpuNodeInput): GpuNodePlan {
  const pluginState = plugin && planOperand({ ...plugin, label, container: pluginContainer });
  const discoveryState = discovery && planOperand({ ...discovery, label, container: discoveryContainer });
  return {
    plugin: pluginState,
    discovery: discoveryState,
    capacity: gpuCapacity(gpus, configOf(pluginState?.loaded), capacity),
    labels: discoveryState?.loaded && gpuLabels(gpus, configOf(discoveryState.loaded)),
  };
}

function configOf(loaded: LoadedConfig | undefined): DeviceConfig | undefined {
  if (!loaded) return undefined;
  const config = readDeviceConfig(loaded.text);
  return "failure" in config ? undefined : config;
}

/**
 * GPUs x replicas under the name that the config gives them. A resource that was registered once stays with 0 when its
 * plugin is gone, crashed, or now uses the other name (facts gpu 2.2, 2.3).
 */
function gpuCapacity(
  gpus: number,
  config: DeviceConfig | undefined,
  present: Readonly<Record<string, string>>,
): Record<string, string> {
  const [plain, shared] = ["nvidia.com/gpu", "nvidia.com/gpu.shared"] as const;
  const stale = Object.fromEntries([plain, shared].filter((name) => name in present).map((name) => [name, "0"]));
  if (!config) return stale;
  const total = String(gpus * config.replicas);
  return config.isRenamed ? { ...stale, [plain]: "0", [shared]: total } : { ...stale, [plain]: total };
}

// The lab's card: Ada generation, no MIG, as sold for virtual desktops.
const card = { product: "NVIDIA-L40S", memoryMiB: 46068, family: "ada-lovelace", major: 8, minor: 9 };

/** Labels of GFD (facts gpu 2.3): `replicas` is the factor, not the total; `-SHARED` marks a shared, unrenamed GPU. */
function gpuLabels(gpus: number, config: DeviceConfig | undefined): Record<string, string> {
  if (gpus === 0 || !config) return {};
  const isMarked = config.replicas > 1 && !config.isRenamed;
  return {
    "nvidia.com/cuda.driver-version.full": "595.91.07",
    "nvidia.com/cuda.runtime-version.full": "13.2",
    "nvidia.com/gpu.compute.major": String(card.major),
    "nvidia.com/gpu.compute.minor": String(card.minor),
    "nvidia.com/gpu.count": String(gpus),
    "nvidia.com/gpu.family": card.family,
    "nvidia.com/gpu.memory": String(card.memoryMiB),
    "nvidia.com/gpu.mode": "compute",
    "nvidia.com/gpu.product": `${card.product}${isMarked ? "-SHARED" : ""}`,
    "nvidia.com/gpu.replicas": String(config.replicas),
    "nvidia.com/gpu.sharing-strategy": config.strategy,
    "nvidia.com/mig.capable": "false",
    "nvidia.com/mps.capable": String(config.strategy === "mps"),
  };
}
