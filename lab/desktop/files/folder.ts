import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join, resolve } from "node:path";
import { cacheRoot, inStaging } from "../../tools/cache.ts";
import { withLock } from "../../tools/lock.ts";

export type Architecture = "amd64" | "arm64";

export interface Folder {
  readonly name: string;
  /** Of all that decides what is in it. */
  readonly recipe: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
}

const marker = ".whole";

/**
 * A folder of the per-user cache, `NAME/RECIPE-ARCHITECTURE`, made when it is not there.
 *
 * @param make fills `folder`; `staging` is for what goes again
 */
export async function provideFolder(
  { name, recipe, env, onProgress }: Folder,
  make: (staging: string, folder: string) => Promise<void>,
): Promise<string> {
  const root = resolve(cacheRoot(env));
  const folder = join(root, name, `${recipe}-${thisArchitecture()}`);
  const isWhole = async () => (await readFile(join(folder, marker), "utf8").catch(() => "")) === recipe;
  if (await isWhole()) return folder;
  return withLock(root, name, onProgress, async () => {
    if (await isWhole()) return folder;
    await inStaging(root, name, async (staging) => {
      const made = join(staging, "made");
      await mkdir(made);
      await make(staging, made);
      await writeFile(join(made, marker), recipe);
      await mkdir(join(root, name), { recursive: true });
      await rm(folder, { recursive: true, force: true });
      await rename(made, folder);
    });
    return folder;
  });
}

export function thisArchitecture(): Architecture {
  const machine = arch();
  if (process.platform === "linux" && machine === "x64") return "amd64";
  if (process.platform === "linux" && machine === "arm64") return "arm64";
  throw new Error(
    `Desktops run on Linux on x64 and arm64 alone, and this machine is ${process.platform} on ${machine}.`,
  );
}
