/** Writes dist/kasm-vdi.mjs: the whole tool in one file, for any machine with Node 24 or newer. */
import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const projectRoot = dirname(import.meta.dirname);
const file = process.argv[2] ?? join(projectRoot, "dist", "kasm-vdi.mjs");

// An ES module has no `require`, by which CommonJS packages get Node's own modules.
const requireLine = 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);';

try {
  mkdirSync(dirname(file), { recursive: true });
  // Two builds at a time must not mix, and nobody may read half a file.
  const partial = `${file}.${process.pid}`;
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    absWorkingDir: projectRoot,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    banner: { js: requireLine },
    outfile: partial,
    logLevel: "silent",
  });
  chmodSync(partial, 0o755);
  renameSync(partial, file);
} catch (error) {
  // What esbuild says has file and line.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
