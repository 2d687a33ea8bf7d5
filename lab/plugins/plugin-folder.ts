/** How plugins lie in a PULUMI_HOME: `plugins/resource-NAME-vVERSION/pulumi-resource-NAME`, where the engine looks for them. */
import {
  access,
  chmod,
  constants,
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export interface Plugin {
  name: string;
  /** Without a leading v. */
  version: string;
}

/** What a folder holds, and of which version: that of a built plugin is not the one that its folder is named after. */
export interface Installed {
  kind: "official" | "built" | "stand-in";
  version: string;
}

/**
 * Lies beside a program that is not a release of the folder's version, and says what it is. The engine's own installation
 * replaces the whole folder, and with it this mark.
 */
const mark = "SOURCE.json";
const markSchema = z.object({ kind: z.enum(["built", "stand-in"]), version: z.string(), from: z.string() });

/** The folder of a plugin in a PULUMI_HOME. */
export function pluginFolder(pulumiHome: string, { name, version }: Plugin): string {
  return join(pulumiHome, "plugins", `resource-${name}-v${version}`);
}

export function programName({ name }: Plugin): string {
  return `pulumi-resource-${name}`;
}

/** What is installed and can run; undefined when nothing is. */
export async function installed(pulumiHome: string, plugin: Plugin): Promise<Installed | undefined> {
  if ((await program(pulumiHome, plugin)) === undefined) return undefined;
  const text = await readFile(join(pluginFolder(pulumiHome, plugin), mark), "utf8").catch(() => undefined);
  return text === undefined ? { kind: "official", version: plugin.version } : markSchema.parse(JSON.parse(text));
}

/** The official release's program in another PULUMI_HOME; undefined when it is not there, not complete, or something else. */
export async function officialIn(pulumiHome: string, plugin: Plugin): Promise<string | undefined> {
  return (await installed(pulumiHome, plugin))?.kind === "official" ? program(pulumiHome, plugin) : undefined;
}

/** Uses a program that lies elsewhere. The engine skips folders that are links, so the folder is a real one. */
export async function linkOfficial(pulumiHome: string, plugin: Plugin, target: string): Promise<void> {
  await replaceFolder(pulumiHome, plugin, async (folder) =>
    symlink(await realpath(target), join(folder, programName(plugin))),
  );
}

/** Uses a program that was built, of whatever version, where the engine looks for `plugin`. */
export async function linkBuilt(
  pulumiHome: string,
  plugin: Plugin,
  { path, version }: { path: string; version: string },
): Promise<void> {
  const link = join(pluginFolder(pulumiHome, plugin), programName(plugin));
  const current = (await installed(pulumiHome, plugin))?.kind === "built" ? await readlink(link) : undefined;
  if (current === path) return;
  await replaceFolder(pulumiHome, plugin, async (folder) => {
    await symlink(path, join(folder, programName(plugin)));
    await writeMark(folder, { kind: "built", version, from: path });
  });
}

/** A small shell script that runs the stand-in from this checkout with this Node. An equal one stays, since an engine may be starting it. */
export async function writeStandIn(pulumiHome: string, plugin: Plugin): Promise<void> {
  const main = join(import.meta.dirname, plugin.name, "main.ts");
  const content = standInScript(process.execPath, main, join(pulumiHome, "node-compile-cache"));
  const present = await installed(pulumiHome, plugin);
  const current = present?.kind === "stand-in" ? await program(pulumiHome, plugin) : undefined;
  if (current !== undefined && (await readFile(current, "utf8")) === content) return;
  await replaceFolder(pulumiHome, plugin, async (folder) => {
    const script = join(folder, programName(plugin));
    await writeFile(script, content);
    await chmod(script, 0o755);
    await writeMark(folder, { kind: "stand-in", version: plugin.version, from: main });
  });
}

function writeMark(folder: string, content: z.infer<typeof markSchema>): Promise<void> {
  return writeFile(join(folder, mark), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** Node's compile cache halves the time to start. */
export function standInScript(node: string, main: string, compileCache: string): string {
  return `#!/bin/sh\nNODE_COMPILE_CACHE=${quote(compileCache)} exec ${quote(node)} ${quote(main)} "$@"\n`;
}

/** Lets `fill` make a new folder and puts it in place of the old one when it is complete. */
export async function replaceFolder(
  pulumiHome: string,
  plugin: Plugin,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = pluginFolder(pulumiHome, plugin);
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    await fill(fresh);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function program(pulumiHome: string, plugin: Plugin): Promise<string | undefined> {
  const folder = pluginFolder(pulumiHome, plugin);
  // The engine's mark of an installation that was broken off.
  if (await exists(`${folder}.partial`)) return undefined;
  const path = join(folder, programName(plugin));
  return (await exists(path, constants.X_OK)) ? path : undefined;
}

async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
