import type { z } from "zod";
import { readChartFile } from "./chart-file.ts";
import type { ReadChart } from "./chart-file.ts";
import { withChartVersions } from "./config.charts.ts";
import { configNamespace, ConfigError, problemsOf } from "./config.problems.ts";
import type { ConfigProblem } from "./config.problems.ts";
import { brokenRules } from "./config.rules.ts";
import { configSchema, textKeys } from "./config.schema.ts";
import { withDefaults } from "./config.defaults.ts";
import type { StackConfig } from "./stack-config.ts";

export { ConfigError } from "./config.problems.ts";
export type { StackConfig } from "./stack-config.ts";

/**
 * Reads the config of one stack. Keys may carry the namespace (`kasm-vdi:domain`) or not; keys of other namespaces are
 * none of its business. Values may be what YAML gives or what `pulumi config set` stores: text, JSON for what is structured.
 *
 * @param origin what the message calls the config: `Pulumi.prod.yaml`
 * @param readChart reads a chart that is given by its path
 * @throws ConfigError with every problem at once
 */
export function loadConfig(
  source: Record<string, unknown>,
  origin = "kasm-vdi config",
  readChart: ReadChart = readChartFile,
): StackConfig {
  const own = ownValues(source);
  const parsed = configSchema.safeParse(own);
  if (!parsed.success) {
    const shapes = problemsOf(parsed.error, configSchema, own);
    throw new ConfigError(origin, [...shapes, ...rulesOverTheRest(own, parsed.error)]);
  }
  const { raw, problems: ofCharts } = withChartVersions(parsed.data, readChart);
  const config = withDefaults(raw);
  const problems = [...ofCharts, ...brokenRules(raw, config, new Set())];
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
