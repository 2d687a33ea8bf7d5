import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { gpuAnnotation } from "../../k3s/nodes.ts";
import type { ClusterView } from "../cluster-view.ts";
import { EventRecorder } from "../events.ts";
import type { Simulator } from "../simulator.ts";
import type { LoadedConfig, OperandState } from "./config-manager.ts";
import { featureLabelChanges } from "./feature-discovery.ts";
import { planGpuNode } from "./gpu-node.ts";
import type { GpuNodePlan, OperandPod } from "./gpu-node.ts";
import { configSource, discoveryDaemonSet, pluginDaemonSet, toolkitDaemonSet, validatorDaemonSet } from "./operands.ts";

const faultAnnotation = "lab.kasm-vdi/fault";
/** What the process in the pod has read, kept on the pod so that it ends with it. */
const loadedAnnotation = "lab.kasm-vdi/loaded-config";
const reasonAnnotation = "lab.kasm-vdi/reason";
const configLabel = "nvidia.com/device-plugin.config";

/** Plays the GPU software on each node: NFD's worker, toolkit, device plugin with kubelet, GFD, validator. */
export function gpuNodeSimulator(client: ClusterClient, view: ClusterView): Simulator {
  const events = new EventRecorder(client, "kubelet");
  return {
    name: "gpu-node",
    reads: ["nodes", "gpuOperandPods", "nfdWorkerPods", "configMaps"],
    async reconcile() {
      await Promise.all(view.all("nodes").filter(isSimulated).map(playNode));
    },
  };

  async function playNode(node: AnyObject): Promise<void> {
    const pods = view.all("gpuOperandPods").filter((pod) => isOn(pod, node));
    const podOf = (app: string) => pods.find(({ metadata }) => metadata?.labels?.app === app);
    const toolkit = podOf(toolkitDaemonSet);
    const isToolkitReady = !toolkit || isReady(toolkit);
    const [plugin, discovery] = [podOf(pluginDaemonSet), podOf(discoveryDaemonSet)];
    const gpus = Number(node.metadata?.annotations?.[gpuAnnotation] ?? 0);
    const plan = planGpuNode({
      gpus,
      label: node.metadata?.labels?.[configLabel] ?? "",
      capacity: capacityOf(node),
      plugin: plugin && operandPod(plugin, isToolkitReady),
      discovery: discovery && operandPod(discovery, isToolkitReady),
    });
    const others = pods.filter((pod) => pod !== plugin && pod !== discovery);
    await Promise.all([
      ...(plugin && plan.plugin ? [playPod(plugin, plan.plugin)] : []),
      ...(discovery && plan.discovery ? [playPod(discovery, plan.discovery)] : []),
      ...others.map((pod) => playPod(pod, { loaded: undefined, fault: otherFault(pod, isToolkitReady, plan) })),
      labelNode(node, gpus, plan),
      setCapacity(node, plan.capacity),
    ]);
  }

  function operandPod(pod: AnyObject, isToolkitReady: boolean): OperandPod {
    const source = configSource(pod);
    const configMap = view
      .all("configMaps")
      .find(({ metadata }) => metadata?.namespace === pod.metadata?.namespace && metadata?.name === source?.configMap);
    const loaded = pod.metadata?.annotations?.[loadedAnnotation];
    return {
      source,
      data: configMap && ((configMap.data ?? {}) as Record<string, string>),
      loaded: loaded === undefined ? undefined : (JSON.parse(loaded) as LoadedConfig),
      isToolkitReady,
    };
  }

  async function playPod(pod: AnyObject, { loaded, fault, reason }: OperandState): Promise<void> {
    const wanted = {
      [faultAnnotation]: fault ?? null,
      [loadedAnnotation]: loaded ? JSON.stringify(loaded) : null,
      [reasonAnnotation]: reason ?? null,
    };
    const have = pod.metadata?.annotations ?? {};
    const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => (have[key] ?? null) !== value));
    if (reason && fault === "hold")
      await events.record(pod, { type: "Warning", reason: "FailedMount", message: reason });
    if (Object.keys(changed).length === 0) return;
    const { name = "", namespace = "" } = pod.metadata ?? {};
    const patch = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, annotations: changed } } as AnyObject;
    await client.mergePatch(patch, "gpu-simulator");
  }

  async function labelNode(node: AnyObject, gpus: number, plan: GpuNodePlan): Promise<void> {
    const isDiscovering = view.all("nfdWorkerPods").some((pod) => isOn(pod, node) && isReady(pod));
    const labels = featureLabelChanges(node.metadata?.labels ?? {}, isDiscovering, gpus, plan.labels);
    if (Object.keys(labels).length === 0) return;
    const patch = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: node.metadata?.name ?? "", labels },
    } as AnyObject;
    await client.mergePatch(patch, "nfd-master");
  }

  async function setCapacity(node: AnyObject, wanted: Record<string, string>): Promise<void> {
    const have = capacityOf(node);
    const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value));
    if (Object.keys(changed).length === 0) return;
    const status = { capacity: changed, allocatable: changed };
    await client.mergePatchStatus(
      { apiVersion: "v1", kind: "Node", metadata: { name: node.metadata?.name ?? "" }, status },
      "k3s",
    );
  }
}

/** The pods that read no config wait for the toolkit; the validator also for a GPU that the kubelet can hand out. */
function otherFault(pod: AnyObject, isToolkitReady: boolean, plan: GpuNodePlan): string | undefined {
  const app = pod.metadata?.labels?.app ?? "";
  if (app === toolkitDaemonSet || app === "nvidia-driver-daemonset") return undefined;
  if (app !== validatorDaemonSet) return isToolkitReady ? undefined : "init-stuck:0";
  if (!isToolkitReady) return "init-stuck:1";
  return Object.values(plan.capacity).some((count) => Number(count) > 0) ? undefined : "init-stuck:3";
}

function isSimulated({ metadata }: AnyObject): boolean {
  return metadata?.annotations?.[gpuAnnotation] !== undefined;
}

function isOn(pod: AnyObject, node: AnyObject): boolean {
  return (pod.spec as { nodeName?: string }).nodeName === node.metadata?.name && !pod.metadata?.deletionTimestamp;
}

function isReady(pod: AnyObject): boolean {
  const { conditions = [] } = (pod.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function capacityOf(node: AnyObject): Record<string, string> {
  return (node.status as { capacity?: Record<string, string> } | undefined)?.capacity ?? {};
}
