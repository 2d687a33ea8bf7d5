import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { engineEnvironment, readStackFile, withOfflineEngine, writeStackFile } from "../lab/preview/offline-engine.ts";
import type { OfflineEngine } from "../lab/preview/offline-engine.ts";
import { measured } from "./process-usage.ts";
import type { TreeUsage } from "./process-usage.ts";
import { median, rounded } from "./statistics.ts";

export interface PreviewFigures {
  readonly bench: "preview";
  readonly runs: number;
  /** Medians. */
  readonly prod: TreeUsage;
  readonly empty: TreeUsage;
  /** Medians of the differences within each pair of runs. */
  readonly beyond: TreeUsage;
}

interface Pair {
  readonly prod: TreeUsage;
  readonly empty: TreeUsage;
}

/**
 * Previews the whole prod stack and an empty program in turn, offline and from an empty state, with stand-in charts and
 * plugins.
 *
 * @param runs of each; one more of each, which fills caches, is not counted
 */
export async function benchPreview(
  checkout: string,
  runs: number,
  say: (line: string) => void,
): Promise<PreviewFigures> {
  return withOfflineEngine(checkout, process.env, async (engine) => {
    writeStackFile(engine, "prod", readStackFile(checkout, "prod"), "stand-in");
    const prod = { project: engine.project, stack: "prod" };
    const empty = { project: emptyProject(engine), stack: "empty" };
    for (const program of [prod, empty]) await initStack(engine, program);
    const pairs: Pair[] = [];
    for (let run = 0; run <= runs; run++) {
      const pair = { prod: await preview(engine, prod), empty: await preview(engine, empty) };
      if (run === 0) continue;
      pairs.push(pair);
      say(`run ${run} of ${runs}: program ${pair.prod.programCpuSeconds} s, empty ${pair.empty.programCpuSeconds} s`);
    }
    return {
      bench: "preview",
      runs,
      prod: medians(pairs.map((pair) => pair.prod)),
      empty: medians(pairs.map((pair) => pair.empty)),
      beyond: medians(pairs.map(beyond)),
    };
  });
}

export function beyond({ prod, empty }: Pair): TreeUsage {
  return byFigure((figure) => prod[figure] - empty[figure]);
}

export function medians(usages: readonly TreeUsage[]): TreeUsage {
  return byFigure((figure) => median(usages.map((usage) => usage[figure])));
}

function byFigure(valueOf: (figure: keyof TreeUsage) => number): TreeUsage {
  const figures = [
    "wallSeconds",
    "cpuSeconds",
    "programCpuSeconds",
    "programWallSeconds",
    "pluginsCpuSeconds",
  ] as const;
  return Object.fromEntries(figures.map((figure) => [figure, rounded(valueOf(figure))])) as Record<
    keyof TreeUsage,
    number
  >;
}

interface Program {
  readonly project: string;
  readonly stack: string;
}

/** Run as ours is, with the same packages. */
function emptyProject({ root, checkout }: OfflineEngine): string {
  const project = join(root, "empty");
  mkdirSync(project);
  symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
  writeFileSync(join(project, "index.ts"), "export {};\n");
  const runtime = { name: "nodejs", options: { typescript: false, packagemanager: "npm" } };
  writeFileSync(join(project, "Pulumi.yaml"), stringify({ name: "empty", runtime }));
  return project;
}

async function initStack(engine: OfflineEngine, { project, stack }: Program): Promise<void> {
  const env = engineEnvironment(engine, process.env);
  await execa("pulumi", ["stack", "init", stack, "--non-interactive"], { cwd: project, env, extendEnv: false });
}

function preview(engine: OfflineEngine, { project, stack }: Program): Promise<TreeUsage> {
  return measured(["pulumi", "preview", "--json", "--stack", stack, "--non-interactive"], {
    cwd: project,
    env: engineEnvironment(engine, process.env),
    folder: join(engine.root, "usage"),
  });
}
