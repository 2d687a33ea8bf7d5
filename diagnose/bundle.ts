/** Writes dist/kasm-vdi.mjs: the whole tool in one file, for any machine with Node 24 or newer. */
import { dirname, join } from "node:path";
import { runBuild, writeProgram } from "../bundle/write.ts";

const file = process.argv[2] ?? join(dirname(import.meta.dirname), "dist", "kasm-vdi.mjs");

await runBuild(() => writeProgram(file, { entryPoints: [join(import.meta.dirname, "main.ts")] }, 0o755));
