// Part of `npm run bundle`: writes dist/kasm-portal.mjs, which components/portal ships, and the licences of what is in it.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPortal } from "./build.ts";

const folder = join(import.meta.dirname, "..", "..", "dist");

try {
  const { text, notices } = await buildPortal();
  mkdirSync(folder, { recursive: true });
  writeWhole("THIRD_PARTY.portal.txt", notices);
  writeWhole("kasm-portal.mjs", text);
  console.log(`dist/kasm-portal.mjs: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
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
