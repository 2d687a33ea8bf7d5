import type { AnyObject, KubeObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import { refOf } from "../finding.ts";
import type { GpuFault } from "./fault.ts";
import { optOut, partFault, pluginPodOn } from "./parts.ts";
import type { PartWords } from "./parts.ts";

/** What a node should offer, as its config says. */
export interface WantedSlices {
  /** Of the ConfigMap that its config is in; undefined when GPUs are not shared. */
  readonly configMap: AnyObject | undefined;
  readonly reported: number;
}

/** What is between a right config and the slices: labels that keep the operator's pods off, its pods, and their age. */
export function pluginFault(
  node: KubeObject,
  { configMap, reported }: WantedSlices,
  pods: readonly Pod[],
  words: PartWords,
): GpuFault | undefined {
  const out = optOut(node);
  const at = refOf({ ...node, kind: "Node" });
  if (out !== undefined) {
    const [label = ""] = out.split("=");
    return {
      code: "GpuOperandsDisabled",
      at,
      text: `its label ${out} keeps the GPU operator's pods off it`,
      fix: [
        {
          text: "If desktops are to use its GPUs, take the label off.",
          command: `kubectl label node ${at.name} ${label}-`,
          risk: "safe",
        },
      ],
      evidence: [{ object: at, field: `metadata.labels[${label}]`, value: out.slice(label.length + 1) }],
    };
  }
  const stuck = partFault(node, pods, words);
  if (stuck) return stuck;
  const pod = pluginPodOn(at.name, pods);
  const namespace = pod?.metadata.namespace ?? "gpu-operator";
  const look = {
    text: "See where the GPU operator's pods are.",
    command: `kubectl get pods --namespace ${namespace} --field-selector spec.nodeName=${at.name}`,
    risk: "manual",
  } as const;
  const bare = { at, evidence: [], fix: [look] };
  if (!pod) return { ...bare, code: "GpuResourceMissing", text: "no device plugin pod on it yet" };
  if (configMap && !mounts(pod, configMap.metadata?.name ?? ""))
    return {
      ...bare,
      code: "GpuResourceMissing",
      text: "its device plugin still has the config before this one; the rollout goes node by node",
    };
  return reported === 0
    ? { ...bare, code: "GpuResourceMissing", text: "the device plugin has not registered them yet" }
    : undefined;
}

/**
 * The plugin runs with another text than the ConfigMap has now: neither it nor the operator takes notice of an edit in place
 * (NVIDIA/gpu-operator#1144).
 *
 * @param namespace of the plugin
 */
export function staleConfig(namespace: string): GpuFault {
  const daemonSets = "daemonset/nvidia-device-plugin-daemonset daemonset/gpu-feature-discovery";
  const command = `kubectl rollout restart -n ${namespace} ${daemonSets}`;
  return {
    code: "TimeSlicingConfigStale",
    at: { kind: "DaemonSet", namespace, name: "nvidia-device-plugin-daemonset" },
    text: "the device plugin runs with an older text of the config, since it takes no notice of an edit in place",
    fix: [
      { text: "Restart device plugin and feature discovery; pods that run are not touched.", command, risk: "safe" },
    ],
    evidence: [],
  };
}

function mounts(pod: Pod, configMap: string): boolean {
  return (pod.spec?.volumes ?? []).some((volume) => volume.configMap?.name === configMap);
}
