import type { Answer } from "./ask.ts";
import { overrideVariable } from "./tool.ts";

/** Where a tool came from in this run. */
export type Source = "override" | "path" | "cache" | "download" | "build";

/** A tool that is there and runs. */
export interface ProvidedTool {
  name: string;
  version: string;
  /** Absolute path of the program. */
  path: string;
  source: Source;
  /** Absolute paths of the programs that belong to it (the language host of pulumi). */
  companions: string[];
}

/** One place where a tool was looked for or tried to be had from, and why that did not do. */
export interface Attempt {
  where: string;
  outcome: string;
}

/** What the quick places hold: undefined where the variable is unset, PATH has no such program, the cache no entry. */
export interface Probes {
  override: Answer | undefined;
  path: Answer | undefined;
  cached: { path: string; companions: string[] } | undefined;
}

/**
 * Picks the first place that will do: the override (in whatever version: the user said so), PATH at exactly the pinned
 * version, the cache.
 *
 * @throws {Error} when the override is set but unusable: going on silently would hide the mistake
 */
export function resolve(
  tool: { name: string; version: string },
  { override, path, cached }: Probes,
): { found: ProvidedTool } | { attempts: Attempt[] } {
  const variable = overrideVariable(tool);
  if (override !== undefined) {
    if ("failure" in override)
      throw new Error(
        `${variable} points at ${override.path}, which ${override.failure}. ` +
          `Set it to the path of a ${tool.name} program (the lab is made for ${tool.version}), or unset it.`,
      );
    return { found: { name: tool.name, source: "override", ...override } };
  }
  if (path !== undefined && "version" in path && path.version === tool.version)
    return { found: { name: tool.name, source: "path", ...path } };
  if (cached !== undefined) return { found: { name: tool.name, version: tool.version, source: "cache", ...cached } };
  return {
    attempts: [
      { where: variable, outcome: "not set" },
      { where: "PATH", outcome: onPath(tool, path) },
      { where: "cache", outcome: "no entry" },
    ],
  };
}

function onPath(tool: { name: string; version: string }, path: Answer | undefined): string {
  if (path === undefined) return `no ${tool.name}`;
  if ("failure" in path) return `${path.path} ${path.failure}`;
  return `${path.path} is ${path.version}, not ${tool.version}`;
}
