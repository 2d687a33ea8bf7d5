import { readDeviceConfig } from "./device-config.ts";

/** Which ConfigMap a pod has mounted and which key it takes where the node names none; from its pod template. */
export interface ConfigSource {
  configMap: string;
  /** "" when ClusterPolicy gives no `default`. */
  defaultKey: string;
}

/** The config that a process has read, and which node label made config-manager choose it. */
export interface LoadedConfig {
  label: string;
  /** "" for the empty configuration. */
  key: string;
  text: string;
}

export interface OperandInput {
  /** Undefined when ClusterPolicy names no ConfigMap: then there is no config-manager either. */
  source: ConfigSource | undefined;
  /** Data of that ConfigMap in the operator's namespace; undefined when there is none of that name. */
  data: Readonly<Record<string, string>> | undefined;
  /** Value of the node's label nvidia.com/device-plugin.config; "" for none. */
  label: string;
  /** Container that exits when the config is bad. */
  container: string;
  /** Whether the container toolkit runs on the node: the pod's first init container waits for it. */
  isToolkitReady: boolean;
  /** What the pod's process has read already; undefined for a pod that has not started. */
  loaded: LoadedConfig | undefined;
}

/** What the pod does now. */
export interface OperandState {
  loaded: LoadedConfig | undefined;
  /** A fault of lab/k3s/kwok/pod-faults.yaml, or undefined for a pod that runs. */
  fault: string | undefined;
  /** Why, in the words of the kubelet or of the container's log. */
  reason?: string;
}

/**
 * Plays kubelet mount, config-manager and process start of a pod that reads the device config (the plugin, and GFD).
 * The traps of facts gpu 2.2 and 3 all live here: the config is chosen when the pod starts or the node's label changes,
 * never because the ConfigMap's content changed.
 */
export function planOperand(input: OperandInput): OperandState {
  const { source, data, label, loaded, isToolkitReady } = input;
  if (loaded) return !source || label === loaded.label ? { loaded, fault: undefined } : followLabel(input, loaded);
  if (source && !data) {
    const { configMap } = source;
    const reason = `MountVolume.SetUp failed for volume "${configMap}" : configmap "${configMap}" not found`;
    return { loaded: undefined, fault: "hold", reason };
  }
  if (!isToolkitReady) return { loaded: undefined, fault: "init-stuck:0" };
  if (!source || !data) return { loaded: { label: "", key: "", text: "" }, fault: undefined };
  const selected = selectConfig(Object.keys(data), label, source.defaultKey);
  if ("failure" in selected) return { loaded: undefined, fault: "init-crash:1", reason: selected.failure };
  return start(input, { label, key: selected.key, text: data[selected.key] ?? "" });
}

/**
 * The key that config-manager chooses: the node's label, else the default, else the empty configuration, because the
 * operator sets FALLBACK_STRATEGIES=empty (facts gpu 3.7). A default that does not exist is reported without its name.
 */
export function selectConfig(keys: string[], label: string, defaultKey: string): { key: string } | { failure: string } {
  if (keys.length === 0) return { failure: "no configuration files available" };
  if (label !== "")
    return keys.includes(label) ? { key: label } : { failure: `specified config ${label} does not exist` };
  if (defaultKey === "") return { key: "" };
  return keys.includes(defaultKey) ? { key: defaultKey } : { failure: "specified config  does not exist" };
}

// The sidecar watches the node's label only. It exits for a key that does not exist, while the plugin goes on with what
// it has; for the same key it says "Already configured. Skipping update..." even when the file's content is new.
function followLabel(input: OperandInput, loaded: LoadedConfig): OperandState {
  const { source, data, label } = input;
  if (!data) return { loaded, fault: undefined };
  const selected = selectConfig(Object.keys(data), label, source?.defaultKey ?? "");
  if ("failure" in selected) return { loaded, fault: "crash-loop:config-manager", reason: selected.failure };
  if (selected.key === loaded.key) return { loaded: { ...loaded, label }, fault: undefined };
  return start(input, { label, key: selected.key, text: data[selected.key] ?? "" });
}

// A process that exits is restarted and reads the file anew, so a mended config heals it: nothing is kept as loaded.
function start({ container }: OperandInput, config: LoadedConfig): OperandState {
  const parsed = readDeviceConfig(config.text);
  if ("failure" in parsed) return { loaded: undefined, fault: `crash-loop:${container}`, reason: parsed.failure };
  return { loaded: config, fault: undefined };
}
