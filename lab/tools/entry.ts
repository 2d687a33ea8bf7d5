import type { Entry } from "./cache.ts";
import { platformName, type Platform } from "./platform.ts";
import type { ProvidedTool, Source } from "./resolve.ts";
import type { Tool } from "./tool.ts";

/** The tool's entry in the cache. */
export function entryOf(tool: Tool, platform: Platform): Entry {
  return {
    name: tool.name,
    version: tool.version,
    platform: platformName(platform),
    programs: [tool.name, ...tool.companions],
    recipe: JSON.stringify(tool.programs),
  };
}

/** A tool as the cache's entry holds it. @param paths the entry's programs, the tool's own first */
export function fromEntry(tool: Tool, paths: string[], source: Source): ProvidedTool {
  const [path = "", ...companions] = paths;
  return { name: tool.name, version: tool.version, path, source, companions };
}
