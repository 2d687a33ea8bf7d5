// `npm run bundle`: writes dist/kasm-operator.mjs, which components/vdi-operator/vdi-operator.ts ships, and the licences of what is in it.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "./build.ts";

const folder = join(import.meta.dirname, "..", "..", "dist");

try {
  const { text, notices } = await buildBundle();
  mkdirSync(folder, { recursive: true });
  writeWhole("THIRD_PARTY.txt", notices);
  writeWhole("kasm-operator.mjs", text);
  console.log(`dist/kasm-operator.mjs: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
} catch (error) {
  // What esbuild says has file and line.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Two builds at a time must not mix, and nobody may read half a file. */
function writeWhole(name: string, content: string): void {
  const partial = join(folder, `.${name}.${process.pid}`);
  writeFileSync(partial, content);
  renameSync(partial, join(folder, name));
}
