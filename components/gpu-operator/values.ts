import { contentHash } from "../objects/content-hash.ts";
import { imageReference, pullSecrets } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import { defaultReplicas, deviceConfigKey, gpuPools } from "../capacity/node-pool.ts";
import type { NodePool } from "../capacity/node-pool.ts";

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
  return `time-slicing-config-${contentHash(data)}`;
}

/** Lets pods onto nodes with a taint; without `value` whatever the taint's value, without `effect` whatever it does. */
export interface Toleration {
  readonly key: string;
  readonly value?: string;
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface GpuOperatorValuesArgs {
  readonly driver: "host" | "container";
  readonly pools: readonly NodePool[];
  readonly registry?: Registry;
  /** For taints of GPU nodes beside `nvidia.com/gpu`, which is always tolerated. */
  readonly tolerations?: readonly Toleration[];
}

/** Values for gpu-operator v26.7.0. The chart has no schema and ignores unknown keys: docs/charts.md has each of these. */
export function gpuOperatorValues({ driver, pools, registry = {}, tolerations = [] }: GpuOperatorValuesArgs) {
  const configs = deviceConfigs(pools);
  const image = (repository: string) => imageValues(repository, registry);
  return {
    operator: image("nvcr.io/nvidia"),
    validator: image("nvcr.io/nvidia"),
    driver: {
      ...image("nvcr.io/nvidia"),
      enabled: driver === "container",
      // An automatic driver upgrade evicts every GPU pod, which here is somebody's desktop.
      upgradePolicy: { autoUpgrade: false },
      ...(registry.mirror !== undefined && {
        manager: { repository: imageReference("nvcr.io/nvidia/cloud-native", registry) },
      }),
    },
    // The default, single, is put in the plugin's environment and wins over what the ConfigMap says.
    mig: { strategy: "none" },
    toolkit: {
      ...image("nvcr.io/nvidia/k8s"),
      // The toolkit finds K3s's containerd by this socket alone; its config file is rewritten at every start of K3s.
      env: [{ name: "CONTAINERD_SOCKET", value: "/run/k3s/containerd/containerd.sock" }],
    },
    devicePlugin: {
      ...image("nvcr.io/nvidia"),
      config: { create: false, name: deviceConfigName(configs), default: configs.defaultKey },
    },
    gfd: image("nvcr.io/nvidia"),
    dcgmExporter: { ...image("nvcr.io/nvidia/k8s"), serviceMonitor: { enabled: false } },
    migManager: image("nvcr.io/nvidia/cloud-native"),
    ...(tolerations.length > 0 && { daemonsets: { tolerations: [gpuTaint, ...tolerations.map(toleration)] } }),
    "node-feature-discovery": {
      ...(registry.mirror !== undefined && {
        image: { repository: imageReference("registry.k8s.io/nfd/node-feature-discovery", registry) },
      }),
      // Objects here, names in all other parts.
      ...pullSecrets(registry),
      ...(tolerations.length > 0 && {
        worker: { tolerations: [controlPlaneTaint, gpuTaint, ...tolerations.map(toleration)] },
      }),
    },
  };
}

// What the chart tolerates by default. A list in the values replaces the chart's, so these have to be said again.
const gpuTaint = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };
const controlPlaneTaint = {
  key: "node-role.kubernetes.io/control-plane",
  operator: "Equal",
  value: "",
  effect: "NoSchedule",
};

function toleration({ value, ...rest }: Toleration) {
  return value === undefined ? { ...rest, operator: "Exists" } : { ...rest, operator: "Equal", value };
}

/** The chart joins `repository`, image name and version; pull secrets are names. */
function imageValues(repository: string, registry: Registry) {
  const { mirror, pullSecretName } = registry;
  return {
    ...(mirror !== undefined && { repository: imageReference(repository, registry) }),
    ...(pullSecretName !== undefined && { imagePullSecrets: [pullSecretName] }),
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
