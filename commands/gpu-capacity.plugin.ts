import type { AnyObject } from "../kube/client.ts";

/** What a node shows of its GPUs. */
export interface PluginNode {
  readonly name: string;
  /** Allocatable `nvidia.com/gpu`. */
  readonly reported: number;
  /** As feature discovery counted them; undefined before it did. */
  readonly physicalGpus: number | undefined;
}

/**
 * Why the device plugin of a node does not report what its config, which is right, says. `pods` are those of the plugin on
 * all nodes.
 */
export function causeInPlugin(
  node: PluginNode,
  pool: { readonly name: string; readonly gpusPerNode: number },
  configMap: string,
  pods: readonly AnyObject[],
): string {
  const pod = pods.find((candidate) => podSpec(candidate).nodeName === node.name);
  if (!pod) return "no device plugin pod on it yet";
  if (!mounts(pod, configMap))
    return "its device plugin still has the config before this one; the rollout goes node by node";
  const stuck = containerStatuses(pod).find(
    ({ state }) => state?.waiting && state.waiting.reason !== "PodInitializing",
  );
  if (stuck) {
    const { waiting } = stuck.state ?? {};
    const last = stuck.lastState?.terminated;
    const said = last?.message ?? (last ? `exit code ${last.exitCode ?? "unknown"}` : waiting?.message);
    const logs = `kubectl logs -n ${pod.metadata?.namespace ?? ""} ${pod.metadata?.name ?? ""} -c ${stuck.name}`;
    return `device plugin container ${stuck.name}: ${[waiting?.reason, said].filter(Boolean).join(", ")} (${logs})`;
  }
  const { physicalGpus } = node;
  if (physicalGpus !== undefined && physicalGpus !== pool.gpusPerNode)
    return `it has ${physicalGpus} GPUs, and pool ${pool.name} says ${pool.gpusPerNode}`;
  if (node.reported === 0) return "the device plugin has not registered them yet";
  const daemonSets = "daemonset/nvidia-device-plugin-daemonset daemonset/gpu-feature-discovery";
  const restart = `kubectl rollout restart -n ${pod.metadata?.namespace ?? ""} ${daemonSets}`;
  return `the device plugin runs with an older text of the config, since it takes no notice of an edit in place (${restart})`;
}

interface PodSpec {
  nodeName?: string;
  volumes?: { configMap?: { name?: string } }[];
}

function podSpec(pod: AnyObject): PodSpec {
  return pod["spec"] ?? {};
}

function mounts(pod: AnyObject, configMap: string): boolean {
  return (podSpec(pod).volumes ?? []).some((volume) => volume.configMap?.name === configMap);
}

interface ContainerStatus {
  name: string;
  state?: { waiting?: { reason?: string; message?: string } };
  lastState?: { terminated?: { exitCode?: number; message?: string } };
}

function containerStatuses(pod: AnyObject): ContainerStatus[] {
  const status = pod["status"] as
    { initContainerStatuses?: ContainerStatus[]; containerStatuses?: ContainerStatus[] } | undefined;
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
