import { mkdir, readlink, rename, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ProvidedTool } from "./resolve.ts";

/**
 * Makes `folder` hold a link to each tool and its companions under their plain names, so that putting this one folder
 * first on PATH is enough. Links that are right already are left alone; others are replaced in one step.
 */
export async function linkTools(folder: string, tools: Iterable<ProvidedTool>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const tool of tools) {
    await link(join(folder, tool.name), tool.path);
    for (const companion of tool.companions) await link(join(folder, basename(companion)), companion);
  }
}

async function link(path: string, target: string): Promise<void> {
  // with `folder` on PATH, a tool of the user's own is found through the link that is here already
  if (dirname(target) === dirname(path)) return;
  if ((await readlink(path).catch(() => undefined)) === target) return;
  const fresh = `${path}.${process.pid}`;
  await symlink(target, fresh);
  await rename(fresh, path);
}
