import { join } from "node:path";
import { gatewayPorts } from "../../components/vdi-operator/services.ts";
import type { Launch, LaunchContext } from "../cluster/launches.ts";
import { componentKubeconfig, logFile } from "../cluster/layout.ts";
import { certificateFile } from "../cluster/pki.ts";
import { sources } from "../cluster/sources.ts";
import type { Ports } from "../cluster/ports.ts";
import { forwardText } from "./network/forward.ts";
import type { End, Forward } from "./network/forward.ts";

const checkout = join(import.meta.dirname, "..", "..");

/** What a lab with desktops has besides. */
export interface DesktopsContext {
  /** The folder with a desktop's files. */
  readonly files: string;
  /** Address of the gateway's Service. */
  readonly gatewayAddress: string;
  /** Lines of a hosts file, for the names of Services. */
  readonly hosts: string;
  readonly traefikConfig: string;
}

/**
 * The ways through the border of the lab's network namespace, each by a Unix socket. Their paths are relative to `.lab`, for
 * they may have 107 letters at the most.
 */
export function crossings(ports: Ports, gatewayAddress = "127.0.0.1"): { inward: Forward[]; outward: Forward[] } {
  const socket = (name: string) => `desktops/${name}.sock`;
  const outside = (name: string, port: number, within: End = port) => ({ name, port, within });
  // What people and tests ask from outside.
  const inward = [
    outside("traefik", ports.traefik, 443),
    outside("kubelet", ports.kubelet, kubeletPort),
    outside("operator-health", ports["operator-health"]),
    outside("operator-metrics", ports["operator-metrics"]),
  ];
  // What Traefik, operator and desktops' node ask.
  const outward = [
    outside("kube-apiserver", ports["kube-apiserver"]),
    outside("gateway", ports["gateway-access"], `${gatewayAddress}:${gatewayPorts.access}`),
  ];
  return {
    inward: [
      ...outward.map(({ name, within }) => ({ from: within, to: socket(name) })),
      ...inward.map(({ name, within }) => ({ from: socket(name), to: within })),
    ],
    outward: [
      ...outward.map(({ name, port }) => ({ from: socket(name), to: port })),
      ...inward.map(({ name, port }) => ({ from: port, to: socket(name) })),
    ],
  };
}

/** Of the node that runs desktops, in its namespace. */
export const kubeletPort = 10_250;

export function forwarderLaunch({ ports }: LaunchContext): Launch {
  return {
    program: process.execPath,
    args: [join(checkout, "lab/desktop/network/forwarder.ts"), ...crossings(ports).outward.map(forwardText)],
    files: sources("lab/desktop/network"),
  };
}

/** The network namespace with all that is in it: Traefik, and the desktops' processes. */
export function desktopsLaunch({ layout, ports, tools, desktops }: LaunchContext): Launch {
  const traefik = tools["traefik"];
  if (!desktops || traefik === undefined) throw new Error("Desktops need their files, and Traefik.");
  const kubeconfig = componentKubeconfig(layout, "simulators");
  const options = {
    files: desktops.files,
    folder: layout.desktops,
    hosts: desktops.hosts,
    services: desktops.gatewayAddress,
    traefik,
    "traefik-config": desktops.traefikConfig,
    "traefik-log": logFile(layout, "traefik"),
    pki: layout.pki,
    "kubelet-port": ports.kubelet,
  };
  return {
    program: "unshare",
    args: [
      ...["--user", "--map-root-user", "--net", "--mount", process.execPath, join(checkout, "lab/desktop/main.ts")],
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
      ...crossings(ports, desktops.gatewayAddress).inward.map(forwardText),
    ],
    env: { KUBECONFIG: kubeconfig },
    files: [
      kubeconfig,
      desktops.traefikConfig,
      certificateFile(layout.pki, "kubelet"),
      ...sources("lab/desktop", "kube"),
    ],
  };
}

/** Starts a program among the desktops: in the namespaces of the process that runs them. */
export function amongDesktops(launch: Launch, pid: number | undefined): Launch {
  if (pid === undefined) return launch;
  const enter = ["--target", String(pid), "--user", "--net", "--mount", "--preserve-credentials"];
  return { ...launch, program: "nsenter", args: [...enter, launch.program, ...launch.args] };
}
