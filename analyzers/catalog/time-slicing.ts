import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get clusterpolicies.nvidia.com cluster-policy --output jsonpath='{.spec.devicePlugin.config}'",
  "kubectl get configmaps --all-namespaces | grep time-slicing",
  "kubectl logs daemonset/nvidia-device-plugin-daemonset --namespace gpu-operator --container config-manager",
];
const symptom =
  'Desktops stay Pending with "Insufficient nvidia.com/gpu", and nodes report each card once instead of its slices.';

function slicing(entry: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "gpu", level: "failure", symptom, byHand, ...entry };
}

/** Why GPUs are not shared as they should be. */
export const timeSlicing = {
  TimeSlicingConfigMissing: slicing({
    title: "Time-slicing ConfigMap is missing",
    symptom: "The device plugin's pods stay at Init:0/2 with FailedMount, and the node's GPUs go.",
    cause:
      "The ClusterPolicy names a ConfigMap that is not in the GPU operator's namespace; in another one nothing reads it.",
    fix: "Make it in the namespace of the GPU operator.",
  }),
  TimeSlicingNotReferenced: slicing({
    title: "Time-slicing ConfigMap is there, and the ClusterPolicy does not refer to it",
    cause: "spec.devicePlugin.config.name of the ClusterPolicy is empty, so that the plugin has no config.",
    fix: "Name ConfigMap and default key in the ClusterPolicy. The operator then replaces the device plugin's pods by itself; desktops that run are not touched.",
  }),
  TimeSlicingNoDefault: slicing({
    title: "No config of the time-slicing ConfigMap holds for a node",
    cause:
      "The ClusterPolicy names no default key and the node no key by its label: the plugin shares nothing, without a word.",
    fix: "Name a default in the ClusterPolicy.",
  }),
  TimeSlicingKeyMissing: slicing({
    title: "Time-slicing key does not exist",
    symptom: "The device plugin's container config-manager ends: specified config does not exist.",
    cause:
      "The ClusterPolicy's default, or the node's label nvidia.com/device-plugin.config, names a key that the ConfigMap does not have.",
    fix: "Name a key that is there.",
  }),
  TimeSlicingConfigInvalid: slicing({
    title: "Time-slicing config makes no slices of nvidia.com/gpu",
    cause:
      "The text is not readable, has less than two replicas, shares by MPS, renames the resource, or shares another one.",
    fix: "Correct the config. The program writes it anew after `pulumi up --refresh`.",
  }),
  TimeSlicingConfigStale: slicing({
    title: "Device plugin runs with an older text of the config",
    cause: "The ConfigMap was edited in place: neither the plugin nor the GPU operator notices.",
    fix: "Restart the DaemonSets nvidia-device-plugin-daemonset and gpu-feature-discovery. Pods that wait are scheduled by themselves: do not delete them.",
  }),
  TimeSlicingNotConfigured: slicing({
    title: "GPUs are not shared",
    cause: "No time-slicing is configured, so that each card serves one desktop.",
    fix: "Set gpu.replicasPerGpu above 1, if desktops are to share cards.",
  }),
  GpuNotShared: slicing({
    title: "Node reports another number of GPU slices than its config makes",
    cause: "The config of the device plugin is not in effect on the node.",
    fix: "Look at what it follows from: the ConfigMap, the ClusterPolicy, or the plugin's pod on that node.",
    mayPass: true,
  }),
} satisfies Record<string, CodeEntry>;
