import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

const notCopied = new Set([".git", ".lab", "dist", "node_modules", "Pulumi.lab.yaml"]);

/**
 * Lays a copy of the checkout's sources into `folder`, with the same packages and with a lab of its own when it had one.
 *
 * @returns the folder
 */
export async function copyOfCheckout(checkout: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder))
    if (old !== ".lab") await rm(join(folder, old), { recursive: true, force: true });
  for (const name of await readdir(checkout))
    if (!notCopied.has(name)) await cp(join(checkout, name), join(folder, name), { recursive: true });
  await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}
