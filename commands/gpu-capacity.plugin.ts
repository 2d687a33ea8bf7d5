import { podProblem } from "../analyzers/pods.ts";
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
 * Why the device plugin of a node does not report what its config, which is right, says.
 *
 * @param seen pods of the plugin on all nodes, and the warnings of their namespace
 */
export function causeInPlugin(
  node: PluginNode,
  pool: { readonly name: string; readonly gpusPerNode: number },
  configMap: string,
  seen: { readonly pluginPods: readonly AnyObject[]; readonly events: readonly AnyObject[] },
): string {
  const pod = seen.pluginPods.find((candidate) => podSpec(candidate).nodeName === node.name);
  if (!pod) return "no device plugin pod on it yet";
  if (!mounts(pod, configMap))
    return "its device plugin still has the config before this one; the rollout goes node by node";
  const problem = podProblem(pod, seen.events);
  if (problem) return `device plugin pod ${pod.metadata?.name ?? ""}: ${problem.text}`;
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
