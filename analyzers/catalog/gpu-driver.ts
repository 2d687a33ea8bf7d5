import { containers } from "./containers.ts";
import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get pods --namespace gpu-operator --field-selector spec.nodeName=NODE",
  "kubectl logs daemonset/nvidia-operator-validator --namespace gpu-operator --container driver-validation",
  "nvidia-smi  # on the node",
];
const symptom = "Pods of the GPU operator stay in Init on the node, and it offers no nvidia.com/gpu.";

function driver(entry: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "gpu", level: "failure", symptom, byHand, ...entry };
}

/** Driver and container runtime of a GPU node. */
export const gpuDriver = {
  GpuDriverMissing: driver({
    title: "Node has no working NVIDIA driver",
    cause: "With gpu.driver `host` the machine has to have it, and nvidia-smi does not work there.",
    fix: "Install the driver on the machine and restart it, or set gpu.driver to container.",
  }),
  GpuDriverMismatch: containers.GpuDriverMismatch,
  GpuDriverRefused: driver({
    title: "Kernel refuses the NVIDIA module",
    cause: "Secure Boot is on and the module is not signed by a trusted key.",
    fix: "Use the distribution's signed packages, enrol the key, or turn Secure Boot off.",
    byHand: [...byHand, "mokutil --sb-state; dmesg | grep -i nvidia  # on the node"],
  }),
  GpuDriverTooNew: driver({
    title: "NVIDIA driver no longer serves the card",
    cause: "Maxwell, Pascal and Volta cards are served by the 580 branch; later ones ignore them.",
    fix: "Install the 580 branch with proprietary kernel modules.",
    byHand: [...byHand, "dmesg | grep NVRM  # on the node"],
  }),
  GpuDriverBlocked: driver({
    title: "nouveau holds the card",
    cause: "The kernel loaded its open driver first.",
    fix: "Blacklist nouveau, make the initramfs anew, and restart the machine.",
    byHand: [...byHand, "lsmod | grep nouveau  # on the node"],
  }),
  GpuRuntimeMissing: driver({
    title: "containerd does not know the runtime nvidia",
    symptom: 'Pods stay at ContainerCreating: no runtime for "nvidia" is configured.',
    cause:
      "K3s looks for nvidia-container-runtime only when it starts, and the toolkit came later or wrote to another containerd.",
    fix: "Give the toolkit K3s's containerd socket, and restart K3s on the node.",
    byHand: [...byHand, "grep nvidia /var/lib/rancher/k3s/agent/etc/containerd/config.toml  # on the node"],
  }),
  GpuCdiUnresolved: driver({
    title: "containerd does not find the GPU's CDI description",
    symptom: "Containers do not start: unresolvable CDI devices.",
    cause:
      "The toolkit has not written it on that node, or the pod uses RuntimeClass nvidia-cdi beside the plugin's own CDI.",
    fix: "See that the toolkit's pod is ready there; leave runtimeClassName away, or set it to nvidia.",
  }),
} satisfies Record<string, CodeEntry>;
