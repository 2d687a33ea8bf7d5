import { createHash } from "node:crypto";
import type { AnyObject } from "../../../kube/client.ts";
import { discoveryContainer, pluginContainer } from "./gpu-node.ts";
import type { ConfigSource } from "./config-manager.ts";

/** How the ClusterPolicy names an image; the operator joins the three. */
interface OperandImage {
  repository?: string;
  image?: string;
  version?: string;
  imagePullSecrets?: string[];
}

interface OperandSettings extends OperandImage {
  enabled?: boolean;
}

/** The parts of ClusterPolicy.spec that decide which operands run and how. */
export interface ClusterPolicySpec {
  driver?: OperandSettings & { manager?: OperandImage };
  toolkit?: OperandSettings;
  validator?: OperandImage;
  devicePlugin?: OperandSettings & { config?: { name?: string; default?: string } };
  gfd?: OperandSettings;
  dcgmExporter?: OperandSettings;
  migManager?: OperandSettings;
  daemonsets?: { tolerations?: unknown[]; priorityClassName?: string; updateStrategy?: string };
  mig?: { strategy?: string };
}

interface Operand {
  name: string;
  /** The node label `nvidia.com/gpu.deploy.<deploy>` sends it to a node. */
  deploy: string;
  init: string[];
  container: string;
  /** Its part of the ClusterPolicy, and with it its image. */
  part: "driver" | "toolkit" | "validator" | "devicePlugin" | "gfd" | "dcgmExporter" | "migManager";
  /** Reads the time-slicing config and so gets config-manager beside it. */
  readsConfig?: boolean;
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
    part: "driver",
  },
  {
    name: toolkitDaemonSet,
    deploy: "container-toolkit",
    init: ["driver-validation"],
    container: "nvidia-container-toolkit-ctr",
    part: "toolkit",
  },
  {
    name: validatorDaemonSet,
    deploy: "operator-validator",
    init: ["driver-validation", "toolkit-validation", "cuda-validation", "plugin-validation"],
    container: "nvidia-operator-validator",
    part: "validator",
  },
  {
    name: pluginDaemonSet,
    deploy: "device-plugin",
    init: ["toolkit-validation"],
    container: pluginContainer,
    part: "devicePlugin",
    readsConfig: true,
  },
  {
    name: discoveryDaemonSet,
    deploy: "gpu-feature-discovery",
    init: ["toolkit-validation"],
    container: discoveryContainer,
    part: "gfd",
    readsConfig: true,
  },
  {
    name: "nvidia-dcgm-exporter",
    deploy: "dcgm-exporter",
    init: ["toolkit-validation"],
    container: "nvidia-dcgm-exporter",
    part: "dcgmExporter",
  },
  {
    // Selects a label that no node of the lab has: its card has no MIG.
    name: "nvidia-mig-manager",
    deploy: "mig-manager",
    init: ["toolkit-validation"],
    container: "nvidia-mig-manager",
    part: "migManager",
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
    .filter(({ part }) => part === "validator" || (spec[part]?.enabled ?? true))
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

function operandSpec(operand: Operand, spec: ClusterPolicySpec): object {
  const { daemonsets = {}, devicePlugin, mig } = spec;
  const { name, deploy, init, container, part } = operand;
  // The operator appends the node's system to the driver's version; the lab's nodes say that they run Ubuntu 24.04.
  const image = `${reference(spec[part])}${part === "driver" ? "-ubuntu24.04" : ""}`;
  const pullSecrets = spec[part]?.imagePullSecrets ?? [];
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
        ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
        initContainers: [
          ...init.map((step) => ({ name: step, image: initImage(step, spec), ...privileged })),
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

function initImage(step: string, { driver, validator }: ClusterPolicySpec): string {
  return reference(step === "k8s-driver-manager" ? driver?.manager : validator);
}

/** `image` may hold the whole reference; the operator then takes no notice of the rest. */
function reference({ repository = "", image = "", version = "" }: OperandImage = {}): string {
  if (repository === "" && version === "") return image;
  return `${repository}/${image}${version.startsWith("sha256:") ? "@" : ":"}${version}`;
}
