import { parse, stringify } from "yaml";

/** Addresses of RFC 5737 stand for what Traefik's Service would say. */
const unknownPublicAddresses = ["192.0.2.1"];

/** Takes the place of values that only the stack's own passphrase opens. */
const placeholder = "placeholder of the offline preview";

/** Config groups with a chart, and the lab's stand-in for it, relative to the project. */
const standInCharts = {
  kasm: "./lab/charts/kasm-helm",
  gpu: "./lab/charts/gpu-operator",
  traefik: "./lab/charts/traefik",
};

/** Takes the place of the operator and the portal that would be built from these sources. */
const standInBundle = "./lab/preview/stand-in-operator.txt";

export interface OfflineOverrides {
  /** Path of a kubeconfig that leads nowhere. */
  kubeconfig: string;
  /** `official` leaves the charts as the stack's config has them. */
  charts: "stand-in" | "official";
}

/** A stack's config file, made fit for a preview that reaches nothing. */
export interface OfflineStackFile {
  text: string;
  /** What differs from the stack's own config and could matter to a reader, one sentence each. */
  notes: string[];
}

/**
 * The text of a Pulumi.STACK.yaml with everything taken out that needs the stack's cluster or its passphrase.
 *
 * @param text the stack's own file
 */
export function offlineStackFile(text: string, { kubeconfig, charts }: OfflineOverrides): OfflineStackFile {
  const { config: given } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  const notes: string[] = [];
  const config = withoutSecrets(given ?? {}, () => {
    notes.push("Encrypted values are replaced by a placeholder: the preview has no passphrase.");
  }) as Record<string, unknown>;

  config["kasm-vdi:kubeconfig"] = kubeconfig;
  delete config["kasm-vdi:context"];
  if (charts === "stand-in")
    for (const [group, path] of Object.entries(standInCharts)) {
      const values = structured(config[`kasm-vdi:${group}`]);
      // K3s's own Traefik has no chart of ours, and the config refuses one.
      if (group === "traefik" && values["mode"] !== "own") continue;
      const { version } = structured(values["chart"]);
      config[`kasm-vdi:${group}`] = { ...values, chart: { path, ...(version !== undefined && { version }) } };
    }
  const operator = structured(config["kasm-vdi:operator"]);
  if (operator["image"] === undefined) config["kasm-vdi:operator"] = { ...operator, bundle: standInBundle };
  const portal = structured(config["kasm-vdi:portal"]);
  if (portal["enabled"] === true && portal["image"] === undefined)
    config["kasm-vdi:portal"] = { ...portal, bundle: standInBundle };
  if (isUnset(config["kasm-vdi:publicIPs"])) {
    config["kasm-vdi:publicIPs"] = unknownPublicAddresses;
    notes.push(`publicIPs is not set: ${unknownPublicAddresses.join()} stands for what Traefik's Service says.`);
  }
  return { text: stringify({ config }), notes: [...new Set(notes)] };
}

/** A group of the config: as YAML, or as the JSON text that `pulumi config set` stores. */
function structured(value: unknown): Record<string, unknown> {
  if (isUnset(value)) return {};
  return (typeof value === "string" ? JSON.parse(value) : value) as Record<string, unknown>;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "" || ["{}", "[]"].includes(JSON.stringify(value));
}

function withoutSecrets(value: unknown, tell: () => void): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, tell));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && typeof entries[0]?.[1] === "string" && entries[0][0] === "secure") {
    tell();
    return placeholder;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutSecrets(item, tell)]));
}
