import { readdirSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseDocument } from "yaml";
import { readChartFile } from "../../stacks/chart-file.ts";
import type { ReadChart } from "../../stacks/chart-file.ts";
import { labStackFile } from "./stack-config.ts";

/** Groups of the config by the name of their chart. */
const groups = { "kasm-helm": "kasm", "gpu-operator": "gpu", traefik: "traefik" } as const;
type ChartName = keyof typeof groups;

export interface FoundChart {
  readonly name: ChartName;
  readonly version: string;
  readonly path: string;
}

/**
 * The charts of the program in a folder, which holds them as folders or archives, under whatever names.
 *
 * @throws Error when there is none, or two of one name
 */
export function chartsIn(folder: string, entries: readonly string[], read: ReadChart = readChartFile): FoundChart[] {
  const found = entries.flatMap((entry) => {
    const path = join(folder, entry);
    try {
      const { name, version } = read(path);
      return name in groups ? [{ name: name as ChartName, version, path }] : [];
    } catch {
      return [];
    }
  });
  for (const [name, same] of Map.groupBy(found, (chart) => chart.name))
    if (same.length > 1)
      throw new Error(
        `${folder} has ${name} ${same.length} times: ${same.map(({ path }) => path).join(", ")}. Leave one.`,
      );
  if (found.length === 0)
    throw new Error(`${folder} holds none of ${Object.keys(groups).join(", ")}, neither as a folder nor as a .tgz.`);
  return found;
}

/** A stack's file that takes these charts from their paths; all else stays as it was, comments too. */
export function withCharts(stackFile: string, charts: readonly FoundChart[], checkout: string): string {
  const document = parseDocument(stackFile);
  const [broken] = document.errors;
  if (broken) throw new Error(`The stack's file is no YAML: ${broken.message}`);
  for (const { name, path } of charts) {
    const local = relative(checkout, path);
    document.setIn(["config", `kasm-vdi:${groups[name]}`, "chart"], {
      path: local.startsWith("..") ? path : `./${local}`,
    });
  }
  return document.toString({ lineWidth: 0 });
}

/** Those that a stack has a use for: Traefik's is installed in its mode `own` alone. */
export function usedBy(stackFile: string, charts: readonly FoundChart[]): FoundChart[] {
  const mode = parseDocument(stackFile).getIn(["config", "kasm-vdi:traefik", "mode"]);
  return charts.filter(({ name }) => name !== "traefik" || mode === "own");
}

/**
 * Lets the lab's stack take the charts of a folder from now on.
 *
 * @returns those that it takes
 */
export async function takeCharts(checkout: string, folder: string): Promise<FoundChart[]> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is no folder.`);
  const file = labStackFile(checkout);
  const stackFile = await readFile(file, "utf8");
  const charts = usedBy(stackFile, chartsIn(folder, readdirSync(folder).sort()));
  await writeFile(file, withCharts(stackFile, charts, checkout));
  return charts;
}
