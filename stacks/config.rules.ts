import { deviceConfigLabel, gpuCount, nodeCount } from "../components/node-pool.ts";
import type { NodePool } from "../components/node-pool.ts";
import { presetDemand, presetFits } from "../components/kasm-workspaces.sizing.ts";
import type { StackConfig } from "./config.ts";
import { keyName } from "./config.problems.ts";
import type { ConfigProblem } from "./config.problems.ts";
import type { RawChart, RawConfig } from "./config.schema.ts";

/** A rule between keys. `about` are the keys that it reads: when one of them is wrong in itself, the rule says nothing. */
interface Rule {
  readonly about: readonly (keyof RawConfig)[];
  check(raw: RawConfig, config: StackConfig): ConfigProblem[];
}

/**
 * Checks what no single key can show.
 *
 * @param config `raw` with every default filled in
 * @param wrong keys that are wrong in themselves
 */
export function brokenRules(raw: RawConfig, config: StackConfig, wrong: ReadonlySet<string>): ConfigProblem[] {
  return rules.filter(({ about }) => !about.some((key) => wrong.has(key))).flatMap((rule) => rule.check(raw, config));
}

const rules: Rule[] = [
  {
    about: ["nodeCount", "nodePools"],
    check: (raw, { pools }) => addsUp("nodeCount", raw, nodeCount(pools), pools, (pool) => `${pool.count}`),
  },
  {
    about: ["gpuCount", "nodePools"],
    check: (raw, { pools }) =>
      addsUp("gpuCount", raw, gpuCount(pools), pools, (pool) => `${pool.count} x ${pool.gpusPerNode}`),
  },
  {
    about: ["nodePools"],
    check: ({ nodePools = [] }) =>
      nodePools.flatMap(({ name }, index) => {
        const first = nodePools.findIndex((pool) => pool.name === name);
        return first < index
          ? [problem(["nodePools", index, "name"], `"${name}" is the name of nodePools[${first}] already`)]
          : [];
      }),
  },
  {
    about: ["nodePools"],
    check: ({ nodePools = [] }) =>
      nodePools.flatMap(({ labels = {} }, index) =>
        deviceConfigLabel in labels
          ? [problem(["nodePools", index, "labels"], `${deviceConfigLabel} follows from replicasPerGpu; leave it out`)]
          : [],
      ),
  },
  { about: ["kasm"], check: ({ kasm }) => oneChartSource("kasm", kasm?.chart) },
  { about: ["gpu"], check: ({ gpu }) => oneChartSource("gpu", gpu?.chart) },
  {
    about: ["certificate"],
    check: ({ certificate = {} }) => atMostOneOf(["certificate"], certificate),
  },
  {
    about: ["storage"],
    check: ({ storage }) =>
      storage?.mode === undefined || storage.mode === "check"
        ? []
        : [problem(["storage", "mode"], `"${storage.mode}" is not available yet; use check, which changes nothing`)],
  },
  {
    about: ["namespaces"],
    check: (_raw, { namespaces }) => {
      const entries = Object.entries(namespaces);
      return entries.flatMap(([key, name], index) => {
        const other = entries.slice(0, index).find(([, earlier]) => earlier === name)?.[0];
        return other === undefined
          ? []
          : [problem(["namespaces", key], `"${name}" is also namespaces.${other}; each part needs its own namespace`)];
      });
    },
  },
  {
    about: ["publicIPs"],
    check: ({ publicIPs = [] }) =>
      publicIPs.flatMap((ip, index) =>
        publicIPs.indexOf(ip) < index ? [problem(["publicIPs", index], `"${ip}" is in the list already`)] : [],
      ),
  },
  {
    about: ["kasm", "nodeSize", "nodeCount", "nodePools"],
    check: ({ kasm }, { pools, nodeSize }) => {
      const size = kasm?.deploymentSize;
      const nodes = nodeCount(pools);
      if (size === undefined || presetFits(size, nodes, nodeSize)) return [];
      const { cpuMillis, memoryMiB } = presetDemand(size);
      const needs = `${cpuMillis / 1000} cores and ${memoryMiB / 1024} GiB`;
      const has = `${nodes} x ${nodeSize.cpuCores} cores and ${nodeSize.memoryGiB} GiB`;
      const way = "leave it out to get what fits, or correct nodeSize";
      return [problem(["kasm", "deploymentSize"], `"${size}" requests ${needs}, too much for ${has}; ${way}`)];
    },
  },
];

function addsUp(
  key: "nodeCount" | "gpuCount",
  raw: RawConfig,
  sum: number,
  pools: readonly NodePool[],
  part: (pool: NodePool) => string,
): ConfigProblem[] {
  if (raw.nodePools === undefined || raw[key] === sum) return [];
  const parts = pools.map((pool) => `${pool.name} ${part(pool)}`).join(", ");
  return [problem([key], `${raw[key]}, but nodePools add up to ${sum} (${parts})`)];
}

function oneChartSource(group: "kasm" | "gpu", chart: RawChart = {}): ConfigProblem[] {
  const { repo, oci, path } = chart;
  return atMostOneOf([group, "chart"], { repo, oci, path });
}

function atMostOneOf(path: PropertyKey[], choices: Readonly<Record<string, unknown>>): ConfigProblem[] {
  const given = Object.keys(choices).filter((key) => choices[key] !== undefined);
  return given.length > 1 ? [problem(path, `has ${given.join(" and ")}; give only one of them`)] : [];
}

function problem(path: PropertyKey[], message: string): ConfigProblem {
  return { key: keyName(path), message };
}
