import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "./cache.ts";
import { platformName, type Platform } from "./platform.ts";
import type { ProvidedTool, Source } from "./resolve.ts";
import type { GoProgram, Tool } from "./tool.ts";

/** The tool's entry in the cache. */
export function entryOf(tool: Tool, platform: Platform): Entry {
  return {
    name: tool.name,
    version: tool.version,
    platform: platformName(platform),
    programs: [tool.name, ...tool.companions],
    recipe: JSON.stringify(tool.programs.map(recipe)),
  };
}

/** A tool as the cache's entry holds it. @param paths the entry's programs, the tool's own first */
export function fromEntry(tool: Tool, paths: string[], source: Source): ProvidedTool {
  const [path = "", ...companions] = paths;
  return { name: tool.name, version: tool.version, path, source, companions };
}

/** All that decides what a build makes of it, wherever the checkout lies. */
function recipe({ file, module, package: path }: GoProgram) {
  const pins = createHash("sha256");
  for (const name of ["go.mod", "go.sum"]) pins.update(readFileSync(join(module.folder, name)));
  return { file, package: path, stamps: module.stamps, pins: pins.digest("hex") };
}
