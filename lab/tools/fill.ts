import { chmod, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar";
import { askVersion } from "./ask.ts";
import { BuildFailed, BuildProgress, prepareBuild } from "./build.ts";
import { inStaging, publishEntry } from "./cache.ts";
import { entryOf, fromEntry } from "./entry.ts";
import { fetchVerified } from "./fetch.ts";
import { provideGo } from "./go.ts";
import { platformName, type Platform } from "./platform.ts";
import type { Attempt, ProvidedTool } from "./resolve.ts";
import type { GoProgram, Tool } from "./tool.ts";

/** Where the cache is filled, from what environment, and who is told about it. */
export interface Filling {
  root: string;
  platform: Platform;
  env: NodeJS.ProcessEnv;
  onProgress: (tool: Tool, text: string) => void;
  /** Runs the work when it is its turn: Go uses all cores by itself, so compilations follow each other. */
  inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export type Filled = { tool: ProvidedTool } | { attempts: Attempt[]; buildOutput: string[] };

/** Puts the official release into the cache. Never throws: what went wrong is an attempt. */
export async function fillFromDownload(tool: Tool, filling: Filling): Promise<Filled> {
  const download = tool.download(filling.platform);
  if (download === undefined)
    return failed("download", `no release with a known checksum for ${platformName(filling.platform)}`);
  try {
    return await inStaging(filling.root, `download-${tool.name}`, async (staging) => {
      const file = join(staging, "release");
      const content = join(staging, "content");
      await mkdir(content);
      await fetchVerified(download.url, download.checksum, file, (text) => filling.onProgress(tool, text));
      if (download.format === "raw") await rename(file, join(content, tool.name));
      else await extract({ file, cwd: content, strip: download.format === "tar.gz" ? 1 : 0 });
      return { tool: await publishChecked(tool, content, "download", filling) };
    });
  } catch (error) {
    return failed("download", reasonOf(error));
  }
}

/**
 * Builds tools that share their first module, and puts them into the cache. Never throws: what went wrong is an attempt.
 *
 * @param name of what they are built from, as in `withLock`
 * @returns one result per tool, in their order
 */
export async function fillFromBuild(name: string, tools: Tool[], filling: Filling): Promise<Filled[]> {
  const tell = (text: string) => {
    for (const tool of tools) filling.onProgress(tool, text);
  };
  try {
    const progress = new BuildProgress();
    const go = await provideGo(filling.root, filling.platform, filling.env, tell);
    return await inStaging(filling.root, `build-${name}`, async (staging) => {
      const programs = tools.flatMap((tool) => tool.programs);
      const binaries = new Map<GoProgram, string>();
      for (const [module, ofModule] of Map.groupBy(programs, (program) => program.module)) {
        const compile = await prepareBuild(ofModule, module, join(staging, module.id), go, { progress, tell });
        tell("waiting for its turn to be built");
        const bin = await filling.inTurn(compile);
        for (const program of ofModule) binaries.set(program, join(bin, program.file));
      }
      const filled: Filled[] = [];
      for (const tool of tools) filled.push(await publishBuilt(tool, binaries, staging, filling));
      return filled;
    });
  } catch (error) {
    const buildOutput = error instanceof BuildFailed ? error.lastLines : [];
    return tools.map(() => ({ ...failed("build", reasonOf(error)), buildOutput }));
  }
}

async function publishBuilt(
  tool: Tool,
  binaries: Map<GoProgram, string>,
  staging: string,
  filling: Filling,
): Promise<Filled> {
  const content = join(staging, `content-${tool.name}`);
  await mkdir(content);
  for (const program of tool.programs) {
    const binary = binaries.get(program);
    if (binary !== undefined) await rename(binary, join(content, program.file));
  }
  try {
    return { tool: await publishChecked(tool, content, "build", filling) };
  } catch (error) {
    return failed("build", reasonOf(error));
  }
}

/** Only a program that runs and tells the pinned version enters the cache. */
async function publishChecked(
  tool: Tool,
  content: string,
  origin: "download" | "build",
  { root, platform }: Filling,
): Promise<ProvidedTool> {
  const program = join(content, tool.name);
  await chmod(program, 0o755);
  const answer = await askVersion(tool, program);
  if ("failure" in answer) throw new Error(`the program ${answer.failure}`);
  if (answer.version !== tool.version) throw new Error(`the program says it is ${answer.version}`);
  return fromEntry(tool, await publishEntry(root, entryOf(tool, platform), content, origin), origin);
}

function failed(where: string, outcome: string): { attempts: Attempt[]; buildOutput: string[] } {
  return { attempts: [{ where, outcome }], buildOutput: [] };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") return "the disk is full";
  return error instanceof Error ? error.message : String(error);
}
