import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { rounded, seconds } from "./statistics.ts";

/** What one Node process used, as bench/report-usage.ts leaves it. */
export interface ProcessUsage {
  readonly script: string;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** What an engine and all that it started used. CPU is user and system time together. */
export interface TreeUsage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** The Pulumi program. */
  readonly programCpuSeconds: number;
  readonly programWallSeconds: number;
  readonly pluginsCpuSeconds: number;
}

export interface Launch {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** For what the processes leave; made anew. */
  readonly folder: string;
}

/**
 * Runs a command and measures it with everything that it starts.
 *
 * @throws Error with the command's output when it fails
 */
export async function measured(command: readonly string[], { cwd, env, folder }: Launch): Promise<TreeUsage> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const options = {
    cwd,
    extendEnv: false,
    env: {
      ...env,
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "report-usage.ts")).href}`,
      BENCH_USAGE_FOLDER: folder,
    },
  };
  let shell = "";
  const wallSeconds = await seconds(async () => {
    const { stderr } = await execa("sh", ["-c", `"$@" || exit; times >&2`, "sh", ...command], options);
    shell = stderr;
  });
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  return treeUsage(
    wallSeconds,
    childrenCpuSeconds(shell),
    files.map((file) => JSON.parse(file) as ProcessUsage),
  );
}

export function treeUsage(wallSeconds: number, cpuSeconds: number, processes: readonly ProcessUsage[]): TreeUsage {
  const programs = processes.filter(({ script }) => /@pulumi\/pulumi\/cmd\/run\b/.test(script));
  const plugins = processes.filter(({ script }) => /\/plugins\/\w+\/main\.ts$/.test(script));
  const [program] = programs;
  if (!program || programs.length > 1) throw new Error(`there must be one Pulumi program, not ${programs.length}`);
  return {
    wallSeconds: rounded(wallSeconds),
    cpuSeconds: rounded(cpuSeconds),
    programCpuSeconds: rounded(program.cpuSeconds),
    programWallSeconds: rounded(program.wallSeconds),
    pluginsCpuSeconds: rounded(plugins.reduce((sum, plugin) => sum + plugin.cpuSeconds, 0)),
  };
}

/** From the last line of POSIX `times`: user and system time of all children that were waited for. */
export function childrenCpuSeconds(times: string): number {
  const last = times.trim().split("\n").at(-1) ?? "";
  const parts = [...last.matchAll(/(\d+)m(\d+[.,]\d+)s/g)];
  if (parts.length !== 2) throw new Error(`\`times\` of the shell said: ${last}`);
  return parts.reduce((sum, [, minutes, rest = ""]) => sum + 60 * Number(minutes) + Number(rest.replace(",", ".")), 0);
}
