import { statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { extract } from "tar";
import { parse, parseAllDocuments, stringify } from "yaml";
import { readChartFile } from "../../stacks/chart-file.ts";
import type { ChartFacts } from "./facts.ts";
import { valueKeys } from "./keys.ts";
import { objectFacts } from "./objects.ts";
import { installations } from "./variants.ts";
import type { ChartName } from "./variants.ts";

/** API versions that charts look for before they make objects of them. */
const apiVersions = ["cert-manager.io/v1", "networking.k8s.io/v1/Ingress"];

type Loose = Record<string, unknown>;

/**
 * Reads a chart, a folder or an archive, and renders it with our values.
 *
 * @param helm path of the program
 * @throws Error when it is none of the charts that the program installs, or when helm refuses our values
 */
export async function readChart(helm: string, path: string): Promise<ChartFacts> {
  const { name, version, appVersion = "" } = readChartFile(path);
  if (!(name in installations))
    throw new Error(`${path} is the chart ${name}; there are facts of ${Object.keys(installations).join(", ")}.`);
  const chart = name as ChartName;
  const { release, namespace, variants } = installations[chart];
  const folder = await mkdtemp(join(tmpdir(), "chart-facts-"));
  try {
    const unpacked = join(folder, "chart");
    await mkdir(unpacked);
    const rendered = Object.entries(variants(version)).map(async ([variant, values]) => {
      const file = join(folder, `${variant}.yaml`);
      await writeFile(file, stringify(values));
      const asked = apiVersions.flatMap((it) => ["--api-versions", it]);
      const { stdout } = await execa(helm, ["template", release, path, "-n", namespace, "-f", file, ...asked]);
      return [variant, objectsIn(stdout).map(objectFacts).sort(byKindAndName)] as const;
    });
    const chartFolder = await asFolder(path, unpacked);
    return {
      ...{ chart, version, appVersion, source: "rendered" },
      keys: valueKeys(await valuesOf(chartFolder)),
      crds: (await crdNames(chartFolder)).sort(),
      variants: Object.fromEntries(await Promise.all(rendered)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The chart as a folder: itself, or unpacked into one. */
async function asFolder(path: string, into: string): Promise<string> {
  if (statSync(path).isDirectory()) return path;
  await extract({ file: path, cwd: into });
  return join(into, (await readdir(into))[0] ?? "");
}

/** The values of a chart. It passes what stands below a subchart's name on to it, over the subchart's own. */
async function valuesOf(folder: string): Promise<Loose> {
  const own = parse(await readFile(join(folder, "values.yaml"), "utf8")) as Loose;
  const subcharts = await readdir(join(folder, "charts")).catch(() => []);
  for (const name of subcharts) own[name] = merged(await valuesOf(join(folder, "charts", name)), own[name] ?? {});
  return own;
}

/** Names of what lies in the `crds` folders, which Helm makes and never changes. */
async function crdNames(folder: string): Promise<string[]> {
  const files = await readdir(join(folder, "crds"), { recursive: true }).catch(() => []);
  const texts = await Promise.all(
    files.filter((file) => /\.ya?ml$/.test(file)).map((file) => readFile(join(folder, "crds", file), "utf8")),
  );
  const crds = texts.flatMap(objectsIn).filter(({ kind }) => kind === "CustomResourceDefinition");
  const subcharts = await readdir(join(folder, "charts")).catch(() => []);
  const below = await Promise.all(subcharts.map((name) => crdNames(join(folder, "charts", name))));
  return [...crds.map(nameOf), ...below.flat()];
}

function merged(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  return {
    ...below,
    ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, merged(below[key], value)])),
  };
}

function isMap(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectsIn(text: string): Loose[] {
  const objects = [...parseAllDocuments(text)].map((document) => document.toJS() as Loose | null);
  return objects.filter((object) => object !== null && "kind" in object) as Loose[];
}

function nameOf({ metadata }: Loose): string {
  return (metadata as { name: string }).name;
}

function byKindAndName(a: { kind: string; name: string }, b: { kind: string; name: string }): number {
  return `${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1;
}
