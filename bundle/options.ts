import { dirname } from "node:path";
import type { BuildOptions } from "esbuild";

/** How esbuild makes one ES module for Node 24 of a program and all that it imports. The same sources give the same bytes. */
export const nodeModule = {
  absWorkingDir: dirname(import.meta.dirname),
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "esm",
  legalComments: "none",
  // An ES module has no `require`, by which CommonJS packages get Node's own modules.
  banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
  logLevel: "silent",
} as const satisfies BuildOptions;
