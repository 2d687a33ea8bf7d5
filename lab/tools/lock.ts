import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { isAlive } from "./alive.ts";

/**
 * Runs `body` while this process alone holds the cache's lock of that name. A lock whose holder died is taken over after
 * 15 s without a sign of life.
 *
 * @param onWait called twice a second with what is being waited for
 * @throws {Error} when the cache cannot be written to, and what `body` throws
 */
export async function withLock<Result>(
  root: string,
  name: string,
  onWait: (text: string) => void,
  body: () => Promise<Result>,
): Promise<Result> {
  const folder = join(root, "locks");
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The cache ${root} cannot be written to (${why}). Set KASM_VDI_CACHE to a folder that can.`);
  });
  const file = join(folder, name);
  const release = await acquire(file, onWait);
  try {
    await writeFile(file, `${process.pid}\n`);
    return await body();
  } finally {
    // fails when the lock was taken over while this machine slept: then it is no longer ours to release
    await release().catch(() => undefined);
  }
}

async function acquire(file: string, onWait: (text: string) => void): Promise<() => Promise<void>> {
  const started = Date.now();
  for (;;) {
    try {
      return await lockfile.lock(file, {
        realpath: false,
        stale: 15_000,
        update: 5_000,
        // Both then do the work, and the last rename wins: wasteful, not wrong.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    }
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    const seconds = Math.round((Date.now() - started) / 1000);
    onWait(
      isAlive(holder)
        ? `waiting for process ${holder}, which is providing the same, ${seconds} s`
        : `waiting for the lock of a process that was killed to expire, ${seconds} s`,
    );
    await sleep(500);
  }
}
