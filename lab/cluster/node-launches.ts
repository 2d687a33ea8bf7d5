import { join } from "node:path";

import type { Launch, LaunchContext } from "./launches.ts";
import { amongDesktops } from "../desktop/launches.ts";
import { componentKubeconfig } from "./layout.ts";
import { sources } from "./sources.ts";

const checkout = join(import.meta.dirname, "..", "..");

export function simulatorsLaunch({ layout, stackFile }: LaunchContext): Launch {
  const kubeconfig = componentKubeconfig(layout, "simulators");
  if (stackFile === undefined) throw new Error("The simulators need the lab stack's configuration.");
  return {
    program: process.execPath,
    args: [join(checkout, "lab", "simulators", "main.ts"), stackFile],
    env: { KUBECONFIG: kubeconfig },
    // The stack file is not among them: its changes are followed as they come.
    files: [kubeconfig, ...sources("lab/simulators", "lab/k3s", "kube")],
  };
}

/** The product's operator as it is in this checkout, beside the cluster and not in it. */
export function operatorLaunch({ layout, ports, operatorVariables, desktopsPid }: LaunchContext): Launch {
  const kubeconfig = componentKubeconfig(layout, "operator");
  if (operatorVariables === undefined) throw new Error("The operator needs what the lab's stack tells it.");
  const launch = {
    program: process.execPath,
    args: [join(checkout, "operator", "main.ts")],
    env: {
      ...operatorVariables,
      KUBECONFIG: kubeconfig,
      VDI_LISTEN_ADDRESS: "127.0.0.1",
      VDI_METRICS_PORT: String(ports["operator-metrics"]),
      VDI_HEALTH_PORT: String(ports["operator-health"]),
    },
    files: [kubeconfig, ...sources("operator", "kube")],
  };
  return amongDesktops(launch, desktopsPid);
}

/** The product's gateway, as its operator a process beside the cluster. */
export function gatewayLaunch({ layout, ports, gatewayVariables }: LaunchContext): Launch {
  const kubeconfig = componentKubeconfig(layout, "gateway");
  if (gatewayVariables === undefined) throw new Error("The gateway needs what the lab's stack tells it.");
  return {
    program: process.execPath,
    args: [join(checkout, "operator", "main.ts"), "gateway"],
    env: {
      ...gatewayVariables,
      KUBECONFIG: kubeconfig,
      VDI_LISTEN_ADDRESS: "127.0.0.1",
      VDI_METRICS_PORT: String(ports["gateway-metrics"]),
      VDI_HEALTH_PORT: String(ports["gateway-health"]),
      VDI_ACCESS_PORT: String(ports["gateway-access"]),
    },
    files: [kubeconfig, ...sources("operator", "kube")],
  };
}
