import { createHash } from "node:crypto";
import type { AnyObject } from "../../../kube/client.ts";
import { discoveryContainer, pluginContainer } from "./gpu-node.ts";
import type { ConfigSource } from "./config-manager.ts";

/** The parts of ClusterPolicy.spec that decide which operands run and how. */
export interface ClusterPolicySpec {
  driver?: { enabled?: boolean };
  toolkit?: { enabled?: boolean };
  devicePlugin?: { enabled?: boolean; config?: { name?: string; default?: string } };
  gfd?: { enabled?: boolean };
  dcgmExporter?: { enabled?: boolean };
  migManager?: { enabled?: boolean };
  daemonsets?: { tolerations?: unknown[]; priorityClassName?: string; updateStrategy?: string };
  mig?: { strategy?: string };
}

interface Operand {
  name: string;
  /** The node label `nvidia.com/gpu.deploy.<deploy>` sends it to a node. */
  deploy: string;
  init: string[];
  container: string;
  image: string;
  /** Reads the time-slicing config and so gets config-manager beside it. */
  readsConfig?: boolean;
  isEnabled: (spec: ClusterPolicySpec) => boolean | undefined;
}

export const pluginDaemonSet = "nvidia-device-plugin-daemonset";
export const discoveryDaemonSet = "gpu-feature-discovery";
export const toolkitDaemonSet = "nvidia-container-toolkit-daemonset";
export const validatorDaemonSet = "nvidia-operator-validator";

const operands: Operand[] = [
  {
    name: "nvidia-driver-daemonset",
    deploy: "driver",
    init: ["k8s-driver-manager"],
    container: "nvidia-driver-ctr",
    image: "nvcr.io/nvidia/driver:595.91.07-ubuntu24.04",
    isEnabled: ({ driver }) => driver?.enabled,
  },
  {
    name: toolkitDaemonSet,
    deploy: "container-toolkit",
    init: ["driver-validation"],
    container: "nvidia-container-toolkit-ctr",
    image: "nvcr.io/nvidia/k8s/container-toolkit:v1.20.0",
    isEnabled: ({ toolkit }) => toolkit?.enabled,
  },
  {
    name: validatorDaemonSet,
    deploy: "operator-validator",
    init: ["driver-validation", "toolkit-validation", "cuda-validation", "plugin-validation"],
    container: "nvidia-operator-validator",
    image: "nvcr.io/nvidia/gpu-operator:v26.7.0",
    isEnabled: () => true,
  },
  {
    name: pluginDaemonSet,
    deploy: "device-plugin",
    init: ["toolkit-validation"],
    container: pluginContainer,
    image: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0",
    readsConfig: true,
    isEnabled: ({ devicePlugin }) => devicePlugin?.enabled,
  },
  {
    name: discoveryDaemonSet,
    deploy: "gpu-feature-discovery",
    init: ["toolkit-validation"],
    container: discoveryContainer,
    image: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0",
    readsConfig: true,
    isEnabled: ({ gfd }) => gfd?.enabled,
  },
  {
    name: "nvidia-dcgm-exporter",
    deploy: "dcgm-exporter",
    init: ["toolkit-validation"],
    container: "nvidia-dcgm-exporter",
    image: "nvcr.io/nvidia/k8s/dcgm-exporter:4.6.0-4.8.3-distroless",
    isEnabled: ({ dcgmExporter }) => dcgmExporter?.enabled,
  },
  {
    // Selects a label that no node of the lab has: its card has no MIG.
    name: "nvidia-mig-manager",
    deploy: "mig-manager",
    init: ["toolkit-validation"],
    container: "nvidia-mig-manager",
    image: "nvcr.io/nvidia/cloud-native/k8s-mig-manager:v0.15.0",
    isEnabled: ({ migManager }) => migManager?.enabled,
  },
];

export const hashAnnotation = "nvidia.com/last-applied-hash";

/**
 * The DaemonSets that the operator creates for a ClusterPolicy, owned by it. Pods carry the fault `hold`: kwok leaves
 * them to the GPU simulator. The hash tells the operator whether it has to update one, so a rollout restart survives.
 */
export function operandDaemonSets(clusterPolicy: AnyObject, namespace: string): AnyObject[] {
  const spec = clusterPolicy.spec as ClusterPolicySpec;
  return operands
    .filter(({ isEnabled }) => isEnabled(spec) ?? true)
    .map((operand) => {
      const daemonSet = operandSpec(operand, spec);
      const hash = createHash("sha256").update(JSON.stringify(daemonSet)).digest("hex").slice(0, 16);
      return {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: {
          name: operand.name,
          namespace,
          labels: { app: operand.name, "app.kubernetes.io/part-of": "nvidia-gpu" },
          annotations: { [hashAnnotation]: hash },
          ownerReferences: [
            {
              apiVersion: "nvidia.com/v1",
              kind: "ClusterPolicy",
              name: clusterPolicy.metadata?.name ?? "",
              uid: clusterPolicy.metadata?.uid ?? "",
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: daemonSet,
      };
    });
}

/** The config source that the pod's template was made with; undefined without config-manager. */
export function configSource(pod: AnyObject): ConfigSource | undefined {
  const { containers, volumes } = pod.spec as {
    containers: { name: string; env?: { name: string; value?: string }[] }[];
    volumes?: { name: string; configMap?: { name: string } }[];
  };
  const manager = containers.find(({ name }) => name === "config-manager");
  const configMap = volumes?.find((volume) => volume.configMap)?.configMap?.name;
  if (!manager || configMap === undefined) return undefined;
  return { configMap, defaultKey: manager.env?.find(({ name }) => name === "DEFAULT_CONFIG")?.value ?? "" };
}

function operandSpec(operand: Operand, { daemonsets = {}, devicePlugin, mig }: ClusterPolicySpec): object {
  const { name, deploy, init, container, image } = operand;
  const config = operand.readsConfig && devicePlugin?.config?.name ? devicePlugin.config : undefined;
  const managed = config && {
    env: [
      { name: "DEFAULT_CONFIG", value: config.default ?? "" },
      { name: "FALLBACK_STRATEGIES", value: "empty" },
      { name: "CONFIG_FILE_SRCDIR", value: "/available-configs" },
      { name: "CONFIG_FILE_DST", value: "/config/config.yaml" },
      { name: "PROCESS_TO_SIGNAL", value: container },
    ],
    volumeMounts: [
      { name: config.name, mountPath: "/available-configs" },
      { name: "config", mountPath: "/config" },
    ],
  };
  const privileged = { securityContext: { privileged: true } };
  return {
    selector: { matchLabels: { app: name } },
    updateStrategy:
      daemonsets.updateStrategy === "OnDelete"
        ? { type: "OnDelete" }
        : { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: {
        labels: { app: name, "app.kubernetes.io/managed-by": "gpu-operator" },
        annotations: { "lab.kasm-vdi/fault": "hold" },
      },
      spec: {
        nodeSelector: { [`nvidia.com/gpu.deploy.${deploy}`]: "true" },
        tolerations: daemonsets.tolerations ?? [],
        priorityClassName: daemonsets.priorityClassName ?? "system-node-critical",
        initContainers: [
          ...init.map((step) => ({ name: step, image: "nvcr.io/nvidia/gpu-operator:v26.7.0", ...privileged })),
          ...(managed ? [{ name: "config-manager-init", image, ...managed }] : []),
        ],
        containers: [
          {
            name: container,
            image,
            ...privileged,
            env: [
              { name: "MIG_STRATEGY", value: mig?.strategy ?? "single" },
              ...(managed ? [{ name: "CONFIG_FILE", value: "/config/config.yaml" }] : []),
            ],
          },
          ...(managed ? [{ name: "config-manager", image, ...managed }] : []),
        ],
        volumes: [
          { name: "host-run", hostPath: { path: "/run/nvidia" } },
          ...(config?.name
            ? [
                { name: config.name, configMap: { name: config.name } },
                { name: "config", emptyDir: {} },
              ]
            : []),
        ],
      },
    },
  };
}
