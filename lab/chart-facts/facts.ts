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
  /** `rendered` by helm from the chart of this version, or `assembled`: from its templates, each at a commit near the version. */
  readonly source: "rendered" | "assembled";
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

/**
 * The facts that hold for a version of a chart: its own, or those of the newest version before it in the same major. A minor
 * version of a chart keeps the names and the keys of those before it.
 */
export function factsCovering(chart: string, version: string): ChartFacts | undefined {
  const wanted = numbers(version);
  const earlier = recordedFacts().filter((facts) => {
    const given = numbers(facts.version);
    return facts.chart === chart && given[0] === wanted[0] && compare(given, wanted) <= 0;
  });
  return earlier.toSorted((a, b) => compare(numbers(a.version), numbers(b.version))).at(-1);
}

function numbers(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** The one object of that kind and name; undefined where the chart makes none. */
export function objectNamed(objects: readonly ObjectFacts[], kind: string, name: string): ObjectFacts | undefined {
  return objects.find((object) => object.kind === kind && object.name === name);
}
