// Writes dist/commands.mjs, all scripts of this folder in one file, for `node dist/commands.mjs NAME`: it starts in a third of the
// time that the sources take, most of which goes into finding and loading files of packages.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { runBuild, writeProgram } from "../bundle/write.ts";

const projectRoot = dirname(import.meta.dirname);

await runBuild(() =>
  writeProgram(join(projectRoot, "dist", "commands.mjs"), {
    stdin: { contents: dispatch(scripts()), resolveDir: import.meta.dirname, loader: "js" },
  }),
);

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
