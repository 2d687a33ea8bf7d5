import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "./alive.ts";

/** The folder that all checkouts of one user share: `KASM_VDI_CACHE`, else `kasm-vdi` in the XDG cache home. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  // a variable set to nothing counts as unset, as the XDG specification has it
  return env["KASM_VDI_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "kasm-vdi");
}

/** One entry of the cache: `tools/NAME/VERSION-PLATFORM`. */
export interface Entry {
  name: string;
  version: string;
  platform: string;
  /** Programs in it, relative to its folder; the first is the tool's own. */
  programs: string[];
  /** What a build was made from. A built entry with another recipe is out of date. */
  recipe: string;
}

export function entryFolder(root: string, entry: Entry): string {
  return join(root, "tools", entry.name, `${entry.version}-${entry.platform}`);
}

const marker = "entry.json";
const markerSchema = z.object({
  origin: z.enum(["download", "build"]),
  recipe: z.string(),
  /** Bytes of each program, so that a truncated file is noticed without running it. */
  sizes: z.record(z.string(), z.number()),
});

/** The absolute paths of the entry's programs; undefined when the cache has no whole and current entry. */
export async function readEntry(root: string, entry: Entry): Promise<string[] | undefined> {
  const folder = entryFolder(root, entry);
  try {
    const { origin, recipe, sizes } = markerSchema.parse(JSON.parse(await readFile(join(folder, marker), "utf8")));
    if (origin === "build" && recipe !== entry.recipe) return undefined;
    const paths = entry.programs.map((program) => join(folder, program));
    const found = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    return entry.programs.every((program, index) => sizes[program] === found[index]) ? paths : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a complete, checked folder the cache's entry in one rename, in place of what was there.
 *
 * @param staged a folder inside one from `inStaging` that holds the entry's programs
 * @returns the absolute paths of the programs
 */
export async function publishEntry(
  root: string,
  entry: Entry,
  staged: string,
  origin: "download" | "build",
): Promise<string[]> {
  const sizes: Record<string, number> = {};
  for (const program of entry.programs) {
    await chmod(join(staged, program), 0o755);
    sizes[program] = (await stat(join(staged, program))).size;
  }
  await writeFile(join(staged, marker), JSON.stringify({ origin, recipe: entry.recipe, sizes }, undefined, 2));
  const folder = entryFolder(root, entry);
  await mkdir(join(folder, ".."), { recursive: true });
  const replaced = `${staged}.replaced`;
  await rename(folder, replaced).catch(() => undefined);
  await rename(staged, folder);
  await removeFolder(replaced);
  return entry.programs.map((program) => join(folder, program));
}

/**
 * Gives `body` a new folder for half-made things, on the cache's file system, and removes it afterwards. Folders that
 * dead processes left behind for the same purpose are removed first: call it under the lock that covers the purpose.
 */
export async function inStaging<Result>(
  root: string,
  purpose: string,
  body: (folder: string) => Promise<Result>,
): Promise<Result> {
  const parent = join(root, "staging");
  await mkdir(parent, { recursive: true });
  for (const left of await readdir(parent)) {
    const pid = new RegExp(`^${purpose}\\.(\\d+)\\.`).exec(left)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeFolder(join(parent, left));
  }
  const folder = await mkdtemp(join(parent, `${purpose}.${process.pid}.`));
  try {
    return await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  // an orphaned compiler may still be writing into it
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
