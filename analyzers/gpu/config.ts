import type { AnyObject, KubeObject } from "../../kube/object.ts";
import { ownValue } from "../../kube/own-value.ts";
import { refOf } from "../finding.ts";
import type { ObjectRef } from "../finding.ts";
import type { GpuFault } from "./fault.ts";
import { configLabel, labelOf, pciLabels } from "./node.ts";
import { sharingFault } from "./sharing.ts";

/** The chart gives it this name, and a second one is ignored by the operator. */
export const clusterPolicyRef: ObjectRef = { kind: "ClusterPolicy", name: "cluster-policy" };

/** How the device plugin is to share GPUs, as the ClusterPolicy says. */
export function pluginConfigOf(policy: AnyObject | undefined): { name?: string; default?: string } {
  const spec = policy?.["spec"] as { devicePlugin?: { config?: { name?: string; default?: string } } } | undefined;
  const { name = "", default: key = "" } = spec?.devicePlugin?.config ?? {};
  return { ...(name !== "" && { name }), ...(key !== "" && { default: key }) };
}

export function missingPolicy(): GpuFault {
  return {
    code: "GpuOperatorMissing",
    at: clusterPolicyRef,
    text: "there is no ClusterPolicy; is the gpu-operator Release installed?",
    fix: [
      {
        text: "Install the GPU operator (gpuCount above 0), or see why its release failed.",
        command: "helm status gpu-operator --namespace gpu-operator",
        risk: "manual",
      },
    ],
    evidence: [],
  };
}

/**
 * A ConfigMap that the ClusterPolicy names has to be in the operator's own namespace.
 *
 * @param configMaps of that name, in whatever namespace
 */
export function configMapFault(
  name: string,
  namespace: string,
  configMaps: readonly AnyObject[],
): GpuFault | undefined {
  const places = configMaps.filter(({ metadata }) => metadata?.name === name).map((it) => it.metadata?.namespace ?? "");
  if (places.includes(namespace)) return undefined;
  const place = places.length > 0 ? `; it is in ${places.join(", ")}, where nothing reads it` : "";
  const [from] = places;
  return {
    code: "TimeSlicingConfigMissing",
    at: { kind: "ConfigMap", namespace, name },
    text: `ConfigMap ${namespace}/${name} is missing${place}`,
    fix: [
      from === undefined
        ? {
            text: `Make it again in ${namespace}; the pods that wait for it start by themselves.`,
            command: "pulumi up --refresh",
            risk: "safe",
          }
        : {
            text: `Make it in ${namespace}, under the same name.`,
            command: `kubectl get configmap ${name} --namespace ${from} --output json | jq '{apiVersion, kind, data, metadata: {name: .metadata.name}}' | kubectl create --namespace ${namespace} --filename -`,
            risk: "safe",
          },
    ],
    evidence: [{ object: clusterPolicyRef, field: "spec.devicePlugin.config.name", value: name }],
  };
}

/** The config that holds on a node: the one that its label names, else the ClusterPolicy's default. */
export function configKeyOn(node: KubeObject, policy: AnyObject | undefined): string | undefined {
  const key = labelOf(node, configLabel) ?? pluginConfigOf(policy).default;
  return key === "" ? undefined : key;
}

/**
 * Why no config holds on a node. Under the GPU operator the plugin then shares nothing and says nothing, also where the
 * ConfigMap has but one key (FALLBACK_STRATEGIES is `empty`: gpu-operator, controllers/object_controls.go).
 */
export function keyFault(node: KubeObject, policy: AnyObject | undefined, configMap: AnyObject): GpuFault | undefined {
  const { name = "", namespace = "" } = configMap.metadata ?? {};
  const label = labelOf(node, configLabel);
  const key = configKeyOn(node, policy);
  const keys = Object.keys(configMap["data"] ?? {});
  const [first = "KEY"] = keys;
  const setDefault = {
    text: `Name one of its keys as default (${keys.join(", ")}); the plugin's pods are then made anew.`,
    command: `kubectl patch clusterpolicies.nvidia.com ${clusterPolicyRef.name} --type merge --patch '{"spec":{"devicePlugin":{"config":{"name":"${name}","default":"${first}"}}}}'`,
    risk: "restart",
  } as const;
  if (key === undefined)
    return {
      code: "TimeSlicingNoDefault",
      at: clusterPolicyRef,
      text: `ClusterPolicy names no default config and the node has no label ${configLabel}, so GPUs are not shared`,
      fix: [setDefault],
      evidence: [{ object: clusterPolicyRef, field: "spec.devicePlugin.config.default", value: "(none)" }],
    };
  if (keys.includes(key)) return undefined;
  const isLabel = label !== undefined && label !== "";
  const where = isLabel ? `label ${configLabel}` : "ClusterPolicy's default";
  const nodeRef = refOf({ ...node, kind: "Node" });
  return {
    code: "TimeSlicingKeyMissing",
    at: isLabel ? nodeRef : clusterPolicyRef,
    text: `${where} is ${key}, which ConfigMap ${name} does not have (it has ${keys.join(", ")})`,
    fix: [
      isLabel
        ? {
            text: "Take the label off, or name a key that is there.",
            command: `kubectl label node ${nodeRef.name} ${configLabel}-`,
            risk: "restart",
          }
        : setDefault,
    ],
    evidence: [
      isLabel
        ? { object: nodeRef, field: `metadata.labels[${configLabel}]`, value: key }
        : { object: clusterPolicyRef, field: "spec.devicePlugin.config.default", value: key },
      { object: { kind: "ConfigMap", namespace, name }, field: "data", value: keys.join(", ") },
    ],
  };
}

/** What is wrong with a config itself. The program's own ConfigMap is immutable: it is made anew, not edited. */
export function configTextFault(configMap: AnyObject, key: string, replicas?: number): GpuFault | undefined {
  const { name = "", namespace = "" } = configMap.metadata ?? {};
  const text = ownValue(configMap["data"] as Record<string, string> | undefined, key) ?? "";
  // Contents that a snapshot does not have tell nothing.
  const fault = text === "" ? undefined : sharingFault(text, replicas);
  if (fault === undefined) return undefined;
  const at = { kind: "ConfigMap", namespace, name };
  const command = `kubectl delete configmap -n ${namespace} ${name}`;
  return {
    code: "TimeSlicingConfigInvalid",
    at,
    text: `config ${key} of ConfigMap ${namespace}/${name} ${fault}`,
    fix: [{ text: "Have it made anew, then `pulumi up --refresh`.", command, risk: "restart" }],
    evidence: [{ object: at, field: `data[${key}]`, value: text.slice(0, 300) }],
  };
}

/** Node-feature-discovery has not labelled a node that is known to have GPUs. */
export function discoveryFault(node: KubeObject): GpuFault | undefined {
  if (pciLabels.some((name) => labelOf(node, name) === "true")) return undefined;
  const at = refOf({ ...node, kind: "Node" });
  return {
    code: "GpuNodeNotDiscovered",
    at,
    text: `label ${pciLabels[0] ?? ""} is missing; is node-feature-discovery running, and does it tolerate the node's taints?`,
    fix: [
      {
        text: "Look at node-feature-discovery's worker on that node.",
        command: `kubectl get pods --namespace gpu-operator --selector app.kubernetes.io/name=node-feature-discovery --field-selector spec.nodeName=${at.name}`,
        risk: "manual",
      },
    ],
    evidence: [{ object: at, field: `metadata.labels[${pciLabels[0] ?? ""}]`, value: "(none)" }],
  };
}
