import { join } from "node:path";
import { runBuild, writeWhole } from "../../bundle/write.ts";
import type { Bundle } from "./build.ts";

const folder = join(import.meta.dirname, "..", "..", "dist");

/** Writes a bundle and its licences below dist/. A failure is printed, and makes the exit code 1. */
export async function writeBundle(build: () => Promise<Bundle>, file: string, noticesFile: string): Promise<void> {
  await runBuild(async () => {
    const { text, notices } = await build();
    writeWhole(join(folder, noticesFile), notices);
    writeWhole(join(folder, file), text);
    console.log(`dist/${file}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
  });
}
