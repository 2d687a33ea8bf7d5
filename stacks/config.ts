import type { z } from "zod";
import type { KasmSizing, NodeSize } from "../components/kasm-workspaces.sizing.ts";
import type { CertificateSource, DatabasePhase } from "../components/kasm-workspaces.values.ts";
import type { ChartSource } from "../components/chart-source.ts";
import type { NodePool } from "../components/node-pool.ts";
import { configNamespace, ConfigError, problemsOf } from "./config.problems.ts";
import type { ConfigProblem } from "./config.problems.ts";
import { brokenRules } from "./config.rules.ts";
import { configSchema, textKeys } from "./config.schema.ts";
import { withDefaults } from "./config.defaults.ts";

export { ConfigError } from "./config.problems.ts";

/** One environment, complete: every default is filled in, nothing here has to be asked again. */
export interface StackConfig {
  /** Base domain. Kasm answers on it, sessions below it. */
  readonly domain: string;
  readonly cluster: {
    /** Names the cluster for the Kubernetes provider; a new kubeconfig for the same cluster then replaces nothing. */
    readonly name: string;
    /** Path of a kubeconfig; absent means what KUBECONFIG and the usual places say. */
    readonly kubeconfig?: string;
    readonly context?: string;
  };
  /** All nodes, at least one pool. */
  readonly pools: readonly NodePool[];
  /** The smallest node. */
  readonly nodeSize: NodeSize;
  /** Addresses that DNS should carry; empty means: ask the Traefik Service. */
  readonly publicIPs: readonly string[];
  readonly namespaces: { readonly kasm: string; readonly gpuOperator: string; readonly vdi: string };
  /** Refuses to delete namespaces, passwords and CRDs, and with them all data. */
  readonly protectData: boolean;
  readonly kasm: {
    readonly chart: ChartSource;
    /** Tag of Kasm's images; absent means the Kasm version that the chart is made for. */
    readonly imageTag?: string;
    readonly database: DatabasePhase;
    readonly sizing: KasmSizing;
    /** ClusterIP of kube-system/kube-dns. */
    readonly nginxResolver: string;
    readonly timeoutSeconds: number;
  };
  readonly certificate: CertificateSource;
  readonly gpu: {
    readonly chart: ChartSource;
    /** `host`: the nodes bring the NVIDIA driver; `container`: the operator installs it. */
    readonly driver: "host" | "container";
    readonly timeoutSeconds: number;
  };
  readonly storage: { readonly mode: "check"; readonly className: string };
}

/**
 * Reads the config of one stack. Keys may carry the namespace (`kasm-vdi:domain`) or not; keys of other namespaces are
 * none of its business. Values may be what YAML gives or what `pulumi config set` stores: text, JSON for what is structured.
 *
 * @param origin what the message calls the config: `Pulumi.prod.yaml`
 * @throws ConfigError with every problem at once
 */
export function loadConfig(source: Record<string, unknown>, origin = "kasm-vdi config"): StackConfig {
  const own = ownValues(source);
  const parsed = configSchema.safeParse(own);
  if (!parsed.success) {
    const shapes = problemsOf(parsed.error, configSchema, own);
    throw new ConfigError(origin, [...shapes, ...rulesOverTheRest(own, parsed.error)]);
  }
  const config = withDefaults(parsed.data);
  const problems = brokenRules(parsed.data, config, new Set());
  if (problems.length > 0) throw new ConfigError(origin, problems);
  return config;
}

/** The values of our namespace, by bare key. Unset ones (null, empty text, empty group or list) are left out. */
function ownValues(source: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(source).flatMap(([key, value]): [string, unknown][] => {
    const [namespace, name] = key.includes(":") ? key.split(":", 2) : [configNamespace, key];
    return namespace === configNamespace && name !== undefined ? [[name, structured(name, value)]] : [];
  });
  return Object.fromEntries(entries.filter(([, value]) => !isUnset(value)));
}

/** `pulumi config set` stores everything as text: undo that for the keys that are not text. */
function structured(key: string, value: unknown): unknown {
  if (typeof value !== "string" || textKeys.has(key)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "" || ["{}", "[]"].includes(JSON.stringify(value));
}

/**
 * Rules between keys still tell something when other keys are wrong. What is wrong is taken out, what is then missing is
 * made up; rules about a wrong key stay silent.
 */
function rulesOverTheRest(own: Record<string, unknown>, error: z.ZodError): ConfigProblem[] {
  const wrong = new Set(error.issues.flatMap(({ path: [key] }) => (key === undefined ? [] : [String(key)])));
  const unknown = new Set(error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [])));
  const right = Object.entries(own).filter(([key]) => !wrong.has(key) && !unknown.has(key));
  const rest = configSchema.safeParse({
    domain: "unknown.invalid",
    nodeCount: 1,
    gpuCount: 0,
    ...Object.fromEntries(right),
  });
  if (!rest.success) return [];
  return brokenRules(rest.data, withDefaults(rest.data), wrong);
}
