import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "./build.ts";

const folder = join(import.meta.dirname, "..", "..", "dist");

/** Writes a bundle and its licences below dist/. A failure is printed, and makes the exit code 1. */
export async function writeBundle(build: () => Promise<Bundle>, file: string, noticesFile: string): Promise<void> {
  try {
    const { text, notices } = await build();
    mkdirSync(folder, { recursive: true });
    writeWhole(noticesFile, notices);
    writeWhole(file, text);
    console.log(`dist/${file}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
  } catch (error) {
    // What esbuild says has file and line.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Two builds at a time must not mix, and nobody may read half a file. */
function writeWhole(name: string, content: string): void {
  const partial = join(folder, `.${name}.${process.pid}`);
  writeFileSync(partial, content);
  renameSync(partial, join(folder, name));
}
