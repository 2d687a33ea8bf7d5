// Writes dist/commands.mjs, all scripts of this folder in one file, for `node dist/commands.mjs NAME`: it starts in a third of the
// time that the sources take, most of which goes into finding and loading files of packages.
import { mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const projectRoot = dirname(import.meta.dirname);
const file = join(projectRoot, "dist", "commands.mjs");

try {
  mkdirSync(dirname(file), { recursive: true });
  // Two builds at a time must not mix, and nobody may read half a file.
  const partial = `${file}.${process.pid}`;
  await build({
    stdin: { contents: dispatch(scripts()), resolveDir: import.meta.dirname, loader: "js" },
    absWorkingDir: projectRoot,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    // An ES module has no `require`, by which CommonJS packages get Node's own modules.
    banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
    outfile: partial,
    logLevel: "silent",
  });
  renameSync(partial, file);
} catch (error) {
  // What esbuild says has file and line.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Names of the files that are run, and not only imported. */
function scripts(): string[] {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts"));
  const isScript = (name: string) =>
    readFileSync(join(import.meta.dirname, name), "utf8").includes("\nawait runScript(");
  return sources.filter(isScript).map((name) => name.slice(0, -".ts".length));
}

/** Runs one of them; the others are not even evaluated. */
function dispatch(names: readonly string[]): string {
  const imports = names.map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(`./${name}.ts`)})`);
  return `await ({ ${imports.join(", ")} })[process.argv[2]]();`;
}
