import { realpath } from "node:fs/promises";
import { join, resolve as absolute, sep } from "node:path";
import { askVersion, findOnPath } from "./ask.ts";
import { cacheRoot, readEntry } from "./cache.ts";
import type { Filled, Filling } from "./fill.ts";
import { entryOf, fromEntry } from "./entry.ts";
import { withLock } from "./lock.ts";
import { thisPlatform } from "./platform.ts";
import { resolve, type Attempt, type Probes, type ProvidedTool } from "./resolve.ts";
import { tools, type ToolName } from "./table.ts";
import { overrideVariable, type Tool } from "./tool.ts";
import { ToolsUnavailable, type Unavailable } from "./unavailable.ts";

export type { ProvidedTool, Source } from "./resolve.ts";
export type { ToolName } from "./table.ts";

export interface ProvideOptions {
  /** Told about everything that takes long: about once a second while building or waiting. */
  onProgress?: (tool: string, text: string) => void;
  /** Overrides, PATH and the cache's place are read from here; default `process.env`. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Makes the named tools of the lab available on this machine: override, PATH, cache, official download, build.
 *
 * @throws {ToolsUnavailable} one message for all tools that could not be had
 * @throws {Error} when an override points at something unusable
 */
export async function provideTools<Name extends ToolName>(
  names: readonly Name[],
  options: ProvideOptions = {},
): Promise<Record<Name, ProvidedTool>> {
  const provided = await provideAll(
    names.map((name) => tools[name]),
    options,
  );
  return Object.fromEntries(names.map((name, index) => [name, provided[index]])) as Record<Name, ProvidedTool>;
}

/** As `provideTools`, for tools of any table; in the order of `wanted`. */
export async function provideAll(wanted: readonly Tool[], options: ProvideOptions): Promise<ProvidedTool[]> {
  const env = options.env ?? process.env;
  const filling: Filling = {
    root: absolute(cacheRoot(env)),
    platform: thisPlatform(),
    env,
    onProgress: (tool, text) => options.onProgress?.(tool.name, text),
    inTurn: compilations,
  };
  const found = new Map<Tool, ProvidedTool>();
  const missing: Missing[] = [];
  const probes = await Promise.all(wanted.map(async (tool) => [tool, await probe(tool, filling)] as const));
  for (const [tool, places] of probes) {
    const resolution = resolve(tool, places);
    if ("found" in resolution) found.set(tool, resolution.found);
    else missing.push({ tool, attempts: resolution.attempts });
  }

  const unavailable: Unavailable[] = [];
  const builds = Map.groupBy(missing, ({ tool }) => tool.programs[0]?.module.id ?? tool.name);
  await Promise.all(
    [...builds].map(async ([name, together]) => {
      const outcomes = await provideTogether(name, together, filling);
      for (const outcome of outcomes)
        if ("provided" in outcome) found.set(outcome.tool, outcome.provided);
        else unavailable.push(outcome);
    }),
  );
  if (unavailable.length > 0) throw new ToolsUnavailable(unavailable);
  return wanted.map((tool) => found.get(tool)).filter((tool) => tool !== undefined);
}

interface Missing {
  tool: Tool;
  attempts: Attempt[];
}

type Outcome = { tool: Tool; provided: ProvidedTool } | (Unavailable & Missing);

/** Provides the tools that one build makes, under that build's lock: whoever comes second finds the cache filled. */
function provideTogether(name: string, missing: Missing[], filling: Filling): Promise<Outcome[]> {
  const tell = (text: string) => {
    for (const { tool } of missing) filling.onProgress(tool, text);
  };
  return withLock(filling.root, name, tell, async () => {
    const outcomes: Outcome[] = [];
    const toBuild: Missing[] = [];
    await Promise.all(
      missing.map(async ({ tool, attempts }) => {
        const provided = await cachedOrDownloaded(tool, filling);
        if ("attempts" in provided) toBuild.push({ tool, attempts: [...attempts, ...provided.attempts] });
        else outcomes.push({ tool, provided: provided.tool });
      }),
    );
    if (toBuild.length === 0) return outcomes;
    const { fillFromBuild } = await import("./fill.ts");
    const built = await fillFromBuild(
      name,
      toBuild.map(({ tool }) => tool),
      filling,
    );
    for (const [index, { tool, attempts }] of toBuild.entries()) {
      const filled = built[index];
      if (filled === undefined) continue;
      if ("tool" in filled) outcomes.push({ tool, provided: filled.tool });
      else outcomes.push({ tool, attempts: [...attempts, ...filled.attempts], buildOutput: filled.buildOutput });
    }
    return outcomes;
  });
}

async function cachedOrDownloaded(tool: Tool, filling: Filling): Promise<Filled> {
  const cached = await readEntry(filling.root, entryOf(tool, filling.platform));
  if (cached !== undefined) return { tool: fromEntry(tool, cached, "cache") };
  filling.onProgress(tool, "downloading");
  // Downloads and builds load a lot of code, which nobody should wait for when the cache is filled.
  const { fillFromDownload } = await import("./fill.ts");
  return fillFromDownload(tool, filling);
}

async function probe(tool: Tool, { root, platform, env }: Filling): Promise<Probes> {
  const override = env[overrideVariable(tool)];
  if (override !== undefined && override !== "")
    return { override: await askVersion(tool, absolute(override)), path: undefined, cached: undefined };
  const [onPath, cached] = await Promise.all([
    findOnPath(tool.name, env["PATH"]),
    readEntry(root, entryOf(tool, platform)),
  ]);
  return {
    override: undefined,
    path: onPath === undefined || (await isOurs(onPath, root)) ? undefined : await askVersion(tool, onPath),
    cached: cached === undefined ? undefined : fromEntry(tool, cached, "cache"),
  };
}

/** Whether a program on PATH is a link into the cache, as the lab's own bin folder holds them: it is no other source. */
async function isOurs(path: string, root: string): Promise<boolean> {
  const folder = await realpath(join(root, "tools")).catch(() => undefined);
  return folder !== undefined && (await realpath(path)).startsWith(folder + sep);
}

/** Of all that this process provides, in the order in which they are ready for it. */
const compilations = oneAtATime();

function oneAtATime(): Filling["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
