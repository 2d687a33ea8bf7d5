import { createHash } from "node:crypto";
import { defaultReplicas, deviceConfigKey, gpuPools } from "./node-pool.ts";
import type { NodePool } from "./node-pool.ts";

/** Data of the device plugin's ConfigMap: one named config per factor, as YAML text. */
export interface DeviceConfigs {
  /** Key that holds for nodes without a label; without it the plugin falls back to no sharing, and says nothing. */
  readonly defaultKey: string;
  readonly data: Readonly<Record<string, string>>;
}

/** One config for each factor that the GPU pools want. */
export function deviceConfigs(pools: readonly NodePool[]): DeviceConfigs {
  const factors = [...new Set(gpuPools(pools).map((pool) => pool.replicasPerGpu))].sort((a, b) => a - b);
  return {
    defaultKey: deviceConfigKey(defaultReplicas(pools) ?? 1),
    data: Object.fromEntries(factors.map((factor) => [deviceConfigKey(factor), deviceConfig(factor)])),
  };
}

/**
 * Name of the ConfigMap with its content's hash in it. Neither the plugin nor the operator notices an edit in place;
 * a new name changes the ClusterPolicy, and the operator rolls plugin and feature discovery.
 */
export function deviceConfigName({ data }: DeviceConfigs): string {
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex");
  return `time-slicing-config-${hash.slice(0, 10)}`;
}

export interface GpuOperatorValuesArgs {
  readonly driver: "host" | "container";
  readonly pools: readonly NodePool[];
}

/** Values for gpu-operator v26.7.0. The chart has no schema and ignores unknown keys, so every key here was looked up. */
export function gpuOperatorValues({ driver, pools }: GpuOperatorValuesArgs) {
  const configs = deviceConfigs(pools);
  return {
    // An automatic driver upgrade evicts every GPU pod, which here is somebody's desktop.
    driver: { enabled: driver === "container", upgradePolicy: { autoUpgrade: false } },
    // The default, single, is put in the plugin's environment and wins over what the ConfigMap says.
    mig: { strategy: "none" },
    // The toolkit finds K3s's containerd by this socket alone; its config file is rewritten at every start of K3s.
    toolkit: { env: [{ name: "CONTAINERD_SOCKET", value: "/run/k3s/containerd/containerd.sock" }] },
    devicePlugin: { config: { create: false, name: deviceConfigName(configs), default: configs.defaultKey } },
    dcgmExporter: { serviceMonitor: { enabled: false } },
  };
}

// Sharing needs two replicas or more (k8s-device-plugin api/config/v1/replicas.go); one desktop per GPU is no sharing.
// A pod that asks for two slices would still get one GPU: failRequestsGreaterThanOne refuses instead.
function deviceConfig(replicas: number): string {
  if (replicas === 1) return "version: v1\n";
  return `version: v1
sharing:
  timeSlicing:
    failRequestsGreaterThanOne: true
    resources:
      - name: nvidia.com/gpu
        replicas: ${replicas}
`;
}
