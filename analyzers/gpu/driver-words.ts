import { untrusted } from "../../kube/untrusted-text.ts";
import type { Fix } from "../finding.ts";
import type { GpuCode } from "./fault.ts";

/** What the parts of the GPU operator say when driver or runtime of a node are not right, and what it means there. */
export interface DriverVerdict {
  readonly code: GpuCode;
  readonly text: string;
  readonly fix: Fix;
}

/**
 * The first known cause in what was said, the most telling first.
 *
 * @param said events, termination message and logs of the parts on the node
 */
export function driverVerdict(
  node: string,
  said: readonly string[],
): (DriverVerdict & { readonly words: string }) | undefined {
  for (const [code, words, tell] of forms) {
    const found = said.find((it) => words.test(untrusted(it)));
    if (found !== undefined) return { code, words: found, ...tell(node) };
  }
  return undefined;
}

type Tell = (node: string) => { text: string; fix: Fix };

const manual = (text: string, command?: string): Fix => ({ text, risk: "manual", ...(command && { command }) });

// Texts: NVIDIA/gpu-operator troubleshooting.rst; issues #1292, #898, #497, #1142, #510; nixos-hardware#1880.
const forms: readonly [GpuCode, RegExp, Tell][] = [
  [
    "GpuDriverMismatch",
    /driver\/library version mismatch/i,
    (node) => ({
      text: `the NVIDIA libraries of node ${node} are newer than its loaded kernel module, as after an upgrade without a restart`,
      fix: manual(
        `Restart the machine ${node}, or unload and load its nvidia modules while no pod uses them.`,
        "reboot",
      ),
    }),
  ],
  [
    "GpuDriverRefused",
    /key was rejected by service|required key not available|signed by a key|module load error: operation not permitted|could not insert 'nvidia': operation not permitted/i,
    (node) => ({
      text: `the kernel of node ${node} refuses the NVIDIA module, since Secure Boot is on and the module is not signed by a key that it trusts`,
      fix: manual(
        "Install the distribution's signed driver packages and set gpu.driver to host, or turn Secure Boot off.",
        "mokutil --sb-state",
      ),
    }),
  ],
  [
    "GpuDriverTooNew",
    /legacy drivers|will ignore this (?:nvidia )?gpu/i,
    (node) => ({
      text: `the NVIDIA driver of node ${node} no longer serves its card, which needs a legacy branch such as 580`,
      fix: manual(
        "Install driver 580 with proprietary kernel modules for Maxwell, Pascal and Volta cards.",
        "dmesg | grep -i nvrm",
      ),
    }),
  ],
  [
    "GpuDriverBlocked",
    /nouveau/i,
    (node) => ({
      text: `the open driver nouveau holds the card of node ${node}, so that NVIDIA's cannot`,
      fix: manual("Blacklist nouveau, make the initramfs anew, and restart the machine.", "lsmod | grep nouveau"),
    }),
  ],
  [
    "GpuRuntimeMissing",
    /no runtime for "nvidia" is configured|runtime handler "nvidia" not supported/i,
    (node) => ({
      text: `containerd of node ${node} does not know the runtime nvidia`,
      fix: manual(
        "K3s looks for nvidia-container-runtime when it starts: see that the toolkit's pod runs and has CONTAINERD_SOCKET=/run/k3s/containerd/containerd.sock, then restart K3s there.",
        "grep nvidia /var/lib/rancher/k3s/agent/etc/containerd/config.toml; systemctl restart k3s-agent",
      ),
    }),
  ],
  [
    "GpuCdiUnresolved",
    /unresolvable CDI devices/i,
    (node) => ({
      text: `containerd of node ${node} does not find the GPU's CDI description`,
      fix: manual(
        "Leave runtimeClassName of pods away or set it to nvidia (not nvidia-cdi), and see that the toolkit's pod is ready.",
        "ls /var/run/cdi",
      ),
    }),
  ],
  [
    "GpuDriverMissing",
    /nvidia-smi has failed because it couldn't communicate|nvidia-smi[^\n]{0,40}(?:not found|no such file)|failed to validate the driver|libnvidia-ml\.so|could not load nvml|failed to initialize nvml|incompatible (?:platform|strategy) detected|no nvidia gpus? (?:found|detected)/i,
    (node) => driverMissing(node),
  ],
];

/** Also where the parts only wait for a driver that nobody installs. */
export function driverMissing(node: string): { text: string; fix: Fix } {
  return {
    text: `node ${node} has no working NVIDIA driver`,
    fix: manual(
      `Install the driver on ${node} and restart it, or let the GPU operator install it: gpu.driver set to container.`,
      "nvidia-smi",
    ),
  };
}
