import { admission } from "./admission.ts";
import { scheduling } from "./scheduling.ts";
import type { CodeEntry } from "../catalog.ts";
import { gpuDriver } from "./gpu-driver.ts";
import { timeSlicing } from "./time-slicing.ts";

const byHand = [
  "kubectl get nodes --label-columns nvidia.com/gpu.count,nvidia.com/gpu.replicas,nvidia.com/device-plugin.config",
  "kubectl get nodes --output custom-columns='NODE:.metadata.name,GPUS:.status.allocatable.nvidia\\.com/gpu'",
  "kubectl get pods --namespace gpu-operator --output wide",
];
const pending = "Desktops with a GPU stay Pending: Insufficient nvidia.com/gpu.";

function gpuCode(entry: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "gpu", level: "failure", symptom: pending, byHand, ...entry };
}

export const gpu = {
  GpuOperatorMissing: gpuCode({
    title: "GPU operator is not installed",
    cause: "Nodes have NVIDIA cards, and there is no ClusterPolicy: nothing offers them to pods.",
    fix: "Install the GPU operator: gpuCount above 0 and `pulumi up`.",
    byHand: ["kubectl get clusterpolicies.nvidia.com", "helm list --namespace gpu-operator --all"],
  }),
  GpuOperatorNotReady: gpuCode({
    title: "GPU operator is not ready",
    cause: "One of its parts does not run on one of the nodes.",
    fix: "Look at what it follows from: the parts' pods, and the node's driver.",
    byHand: ["kubectl get clusterpolicies.nvidia.com cluster-policy --output jsonpath='{.status}'", ...byHand],
    mayPass: true,
  }),
  GpuPolicyIgnored: gpuCode({
    level: "warning",
    title: "A second ClusterPolicy is ignored",
    symptom: "Changes of a ClusterPolicy have no effect.",
    cause: "The GPU operator follows the oldest ClusterPolicy alone.",
    fix: "Delete the one that is ignored.",
    byHand: ["kubectl get clusterpolicies.nvidia.com"],
  }),
  GpuNodesNotFound: gpuCode({
    title: "GPU operator finds no GPU node",
    cause:
      "No node has node-feature-discovery's label of an NVIDIA card: it does not run there, does not tolerate a taint, or there is no card. The ClusterPolicy says ready all the same.",
    fix: "See that node-feature-discovery's workers run on the GPU nodes, and that the machine has the card (lspci -d 10de:).",
    byHand: ["kubectl get nodes --selector feature.node.kubernetes.io/pci-10de.present=true", ...byHand.slice(2)],
  }),
  GpuNodeNotDiscovered: gpuCode({
    title: "Node with GPUs has no label of its card",
    cause: "node-feature-discovery does not run on the node, often since it does not tolerate a taint there.",
    fix: "Add the taint to gpu.tolerations, or take it off.",
  }),
  GpuOperandsDisabled: gpuCode({
    level: "warning",
    title: "A label keeps the GPU operator off a node",
    cause:
      "nvidia.com/gpu.deploy.operands=false, or nvidia.com/gpu.workload.config for virtual machines, is set on the node.",
    fix: "Take the label off if desktops are to use these GPUs.",
    byHand: ["kubectl get nodes --label-columns nvidia.com/gpu.deploy.operands,nvidia.com/gpu.workload.config"],
  }),
  GpuResourceMissing: gpuCode({
    title: "Node has NVIDIA cards and offers none",
    cause: "Driver, container toolkit or device plugin do not run there.",
    fix: "Mend the first of them that is not ready: each waits for the one before it.",
    mayPass: true,
  }),
  GpuResourceNameDiffers: gpuCode({
    title: "Node offers its GPUs under another name than desktops ask for",
    cause: "The time-slicing config renames them (renameByDefault), or MIG offers each profile by its own name.",
    fix: "Set spec.gpuResourceName of the template to that name, or take renameByDefault out of the config.",
  }),
  GpuUnhealthy: gpuCode({
    title: "Node has GPUs that are not healthy",
    symptom: "allocatable is below capacity; desktops freeze, or find no slice although few run.",
    cause: "The device plugin takes a card out of use after an Xid error; all of its slices go with it.",
    fix: "Read the kernel's Xid errors, reset or replace the card, and restart the device plugin.",
    byHand: [
      "dmesg | grep -i xid  # on the node",
      "kubectl logs daemonset/nvidia-device-plugin-daemonset --namespace gpu-operator | grep -i unhealthy",
    ],
  }),
  GpuSecondPlugin: gpuCode({
    title: "Two device plugins offer the same GPUs",
    symptom: "The number of nvidia.com/gpu changes to and fro, or stays at the number of cards.",
    cause: "A device plugin that was installed by hand runs beside the GPU operator's; the last that registers wins.",
    fix: "Remove the one that the GPU operator did not make.",
    byHand: ["kubectl get daemonsets --all-namespaces | grep -i device-plugin"],
  }),
  GpuMigFailed: gpuCode({
    title: "MIG could not be set up on a node",
    cause: "The MIG manager could not apply the profile that the node's label nvidia.com/mig.config names.",
    fix: "Name a profile that the card has; pods that use its GPUs have to end first.",
    byHand: [
      "kubectl get nodes --label-columns nvidia.com/mig.config,nvidia.com/mig.config.state",
      "kubectl logs daemonset/nvidia-mig-manager --namespace gpu-operator",
    ],
  }),
  GpuTaintNotTolerated: gpuCode({
    level: "warning",
    title: "Desktops do not tolerate a taint of a GPU node",
    cause: "Desktops tolerate the taint that has the GPU resource's name, and no other.",
    fix: "Take the taint off, or rename its key to nvidia.com/gpu.",
    byHand: ["kubectl get nodes --output custom-columns=NODE:.metadata.name,TAINTS:.spec.taints"],
  }),
  GpuSlicesInUse: scheduling.GpuSlicesInUse,
  GpuEncoderLimit: gpuCode({
    level: "warning",
    title: "Card limits how many desktops encode at once",
    symptom: "Streams of further desktops fall back to the processor, or fail with what looks like a lack of memory.",
    cause:
      "Drivers of GeForce cards allow few NVENC sessions per machine, whatever the number of slices (older ones 2 or 3).",
    fix: "Use a data-center or workstation card, fewer slices, or an encoder on the processor.",
    byHand: ["nvidia-smi --query-gpu=encoder.stats.sessionCount --format=csv  # on the node"],
  }),
  RuntimeClassMissing: admission.RuntimeClassMissing,
  ...timeSlicing,
  ...gpuDriver,
} satisfies Record<string, CodeEntry>;
