import { demandOf } from "../capacity/demand.ts";
import type { Demand } from "../capacity/demand.ts";
import { imageReference } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";

/** What a VDITemplate of the starter set says; the CRD fills in the rest. */
interface Starter {
  readonly name: string;
  readonly spec: {
    readonly image: string;
    readonly displayName: string;
    readonly description: string;
    readonly runtime: { readonly type: "selkies-v1" | "selkies-v2" | "linuxserver" | "kasmvnc" };
    readonly resources: { readonly default: DesktopResources; readonly max: DesktopResources };
    readonly env?: readonly { readonly name: string; readonly value: string }[];
    readonly shmSize: string;
    readonly securityProfile: "restricted" | "baseline";
  };
}

interface DesktopResources {
  readonly gpu: number;
  readonly cpu: string;
  readonly memory: string;
}

/**
 * VDITemplates to begin with, one per family of images. A template that takes a GPU slice is there only when the cluster
 * has slices: its sessions would wait for a node for ever.
 *
 * @param gpuSlices `nvidia.com/gpu` of the whole cluster
 */
export function starterTemplates(gpuSlices: number, registry: Registry) {
  return all
    .filter(({ spec }) => spec.resources.default.gpu === 0 || gpuSlices > 0)
    .map(({ name, spec }) => ({
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDITemplate",
      metadata: { name },
      spec: { ...spec, image: imageReference(spec.image, registry) },
    }));
}

/** What a desktop asks of a node that nobody chose a size for: with GPUs one that takes a slice. */
export function defaultDesktop(gpuSlices: number): Demand {
  const starter = all.find(({ spec }) => spec.resources.default.gpu > 0 === gpuSlices > 0);
  if (!starter) throw new Error("there is no starter template");
  const { cpu, memory } = starter.spec.resources.default;
  return demandOf(cpu, memory);
}

const all: readonly Starter[] = [
  {
    name: "ubuntu",
    spec: {
      image: "kasmweb/ubuntu-noble-desktop:1.18.0",
      displayName: "Ubuntu desktop",
      description: "Ubuntu 24.04 with Xfce, without a GPU.",
      runtime: { type: "kasmvnc" },
      resources: {
        default: { gpu: 0, cpu: "1", memory: "3Gi" },
        max: { gpu: 0, cpu: "4", memory: "8Gi" },
      },
      // These serve Kasm's own proxy alone, which is not here.
      env: ["AUDIO", "AUDIO_INPUT", "GAMEPAD", "PRINTER", "UPLOADS", "WEBCAM"].map((service) => ({
        name: `KASM_SVC_${service}`,
        value: "0",
      })),
      shmSize: "512Mi",
      // sudo, which the image brings, finds no privileges to gain.
      securityProfile: "restricted",
    },
  },
  {
    name: "webtop",
    spec: {
      image: "lscr.io/linuxserver/webtop:ubuntu-xfce-ce206d66-ls292",
      displayName: "Webtop",
      description: "LinuxServer's Ubuntu with Xfce, without a GPU.",
      runtime: { type: "linuxserver" },
      resources: {
        default: { gpu: 0, cpu: "1", memory: "3Gi" },
        max: { gpu: 0, cpu: "4", memory: "8Gi" },
      },
      env: [
        { name: "DISABLE_SUDO", value: "true" },
        // The default is sixteen times as large, and its frame buffer takes 600 MB.
        { name: "MAX_RES", value: "3840x2160" },
      ],
      shmSize: "1Gi",
      // Its init starts as root and steps down.
      securityProfile: "baseline",
    },
  },
  {
    name: "selkies",
    spec: {
      image: "ghcr.io/selkies-project/selkies/desktop:2.1.0-ubuntu26.04",
      displayName: "Selkies desktop",
      description: "Ubuntu 26.04 with LXQt, streamed by Selkies 2, without a GPU.",
      runtime: { type: "selkies-v2" },
      resources: {
        default: { gpu: 0, cpu: "1", memory: "3Gi" },
        max: { gpu: 0, cpu: "4", memory: "8Gi" },
      },
      shmSize: "1Gi",
      // Its entry point sets the account's password by sudo.
      securityProfile: "baseline",
    },
  },
  {
    name: "ubuntu-gpu",
    spec: {
      image: "ghcr.io/selkies-project/nvidia-egl-desktop:24.04-20241222100454",
      displayName: "Ubuntu desktop with GPU",
      description: "Ubuntu 24.04 with KDE on a slice of an NVIDIA GPU, encoded by the GPU.",
      runtime: { type: "selkies-v1" },
      resources: {
        default: { gpu: 1, cpu: "2", memory: "4Gi" },
        max: { gpu: 1, cpu: "8", memory: "16Gi" },
      },
      // Display is what Vulkan needs; where the runtime injects devices by CDI it gives all of them anyway.
      env: [{ name: "NVIDIA_DRIVER_CAPABILITIES", value: "all" }],
      shmSize: "1Gi",
      // Its entry point prepares devices and sockets by sudo.
      securityProfile: "baseline",
    },
  },
];
