import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ValueType } from "./keys.ts";
import type { ObjectFacts } from "./objects.ts";
import type { ChartName } from "./variants.ts";

/** What `npm run charts:facts` writes down of a version of a chart. */
export interface ChartFacts {
  readonly chart: ChartName;
  readonly version: string;
  readonly appVersion: string;
  /** `rendered` by helm from the published chart, or `read` in its templates where no chart was to be had. */
  readonly source: "rendered" | "read";
  /** Every key of the values, those of charts within it below their names. */
  readonly keys: Readonly<Record<string, ValueType>>;
  /** Names of the CRDs that the chart brings. */
  readonly crds: readonly string[];
  /** What comes out with our values, by the name of the variant. */
  readonly variants: Readonly<Record<string, readonly ObjectFacts[]>>;
}

/** Folder of the facts that are committed, `CHART-VERSION.json` each. The charts themselves are not. */
export const recordedFolder = join(import.meta.dirname, "recorded");

/** Name of the file for a version of a chart. */
export function factsFile(chart: string, version: string): string {
  return `${chart}-${version.replace(/^v/, "")}.json`;
}

/** The facts of every version that was recorded, in the order of their file names. */
export function recordedFacts(): ChartFacts[] {
  const files = readdirSync(recordedFolder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => JSON.parse(readFileSync(join(recordedFolder, file), "utf8")) as ChartFacts);
}

/** The one object of that kind and name; undefined where the chart makes none. */
export function objectNamed(objects: readonly ObjectFacts[], kind: string, name: string): ObjectFacts | undefined {
  return objects.find((object) => object.kind === kind && object.name === name);
}
