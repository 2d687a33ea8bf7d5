import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";
import { nodeModule } from "./options.ts";

/** Writes a program as one ES module. @throws esbuild's BuildFailure */
export async function writeProgram(file: string, options: BuildOptions, mode = 0o644): Promise<void> {
  const { outputFiles } = await build({ ...nodeModule, ...options, write: false });
  writeWhole(file, outputFiles[0]?.text ?? "", mode);
}

/** Two builds at a time must not mix, and nobody may read half a file. */
export function writeWhole(file: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, content, { mode });
  renameSync(partial, file);
}

/** Does the work of a build script. A failure is printed, and makes the exit code 1. */
export async function runBuild(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What esbuild says has file and line.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
