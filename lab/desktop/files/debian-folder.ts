import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fetchDebianPackages, unpackDebianPackages } from "./debian.ts";
import { provideFolder, thisArchitecture } from "./folder.ts";
import { debian } from "./packages.ts";

export interface DebianFolder {
  readonly name: string;
  readonly packages: readonly string[];
  /** Where something else is mounted. */
  readonly places: readonly string[];
  /** All else that decides what is in it. */
  readonly recipe?: string;
}

/**
 * A folder of the per-user cache with packages of Debian and all that they depend on, for a program that is run in there.
 *
 * @param finish adds what is not Debian's
 */
export function provideDebianFolder(
  { name, packages, places, recipe = "" }: DebianFolder,
  finish: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const onProgress = () => undefined;
  const hash = createHash("sha256").update(JSON.stringify([packages, places, recipe]));
  const folder = { name, recipe: hash.digest("hex").slice(0, 16), env: process.env, onProgress };
  return provideFolder(folder, async (staging, made) => {
    const fetched = await fetchDebianPackages({
      ...{ suite: debian.suite, packages, architecture: thisArchitecture(), env: process.env, onProgress },
      folder: join(staging, "apt"),
    });
    await unpackDebianPackages(fetched, made, onProgress);
    for (const place of places) await mkdir(join(made, place), { recursive: true });
    await finish(made);
  });
}
