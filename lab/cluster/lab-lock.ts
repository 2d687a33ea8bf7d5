import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { z } from "zod";

import type { LabLayout } from "./layout.ts";
import { commandPrefix, markChildren } from "./strays.ts";
import { makePrivateFolder, readIfThere, writePrivateFile } from "./private-files.ts";

const holderSchema = z.object({ pid: z.int(), command: z.string(), since: z.string() });

// The lock's time is renewed every 2 s; a holder that was killed blocks for 10 s at most.
const timing = { stale: 10_000, update: 2_000 };

/**
 * Runs `work` while no other `up`, `down` or `reset` works on this checkout.
 * @param command what the holder is called to those who wait
 * @param say told once, when someone else holds the lock
 * @param waitMs how long to wait for it
 */
export async function withLabLock<T>(
  layout: LabLayout,
  command: string,
  say: (line: string) => void,
  work: () => Promise<T>,
  waitMs = 20 * 60_000,
): Promise<T> {
  makePrivateFolder(layout.root);
  const lost = Promise.withResolvers<never>();
  const release = await acquire(layout, say, waitMs, (error) =>
    lost.reject(new Error(`Another process took over the lock of ${layout.root}: ${error.message}`)),
  );
  const unmark = markChildren(layout, `${commandPrefix}${process.pid}`);
  try {
    writePrivateFile(
      holderFile(layout),
      JSON.stringify({ pid: process.pid, command, since: new Date().toISOString() }),
    );
    return await Promise.race([work(), lost.promise]);
  } finally {
    unmark();
    await release();
  }
}

async function acquire(
  layout: LabLayout,
  say: (line: string) => void,
  waitMs: number,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  const deadline = Date.now() + waitMs;
  let told = false;
  for (;;) {
    try {
      return await lock(layout.root, { ...timing, lockfilePath: join(layout.root, "lock"), onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    const holder = describeHolder(readIfThere(holderFile(layout)));
    if (Date.now() >= deadline) {
      throw new Error(`${holder} still works on ${layout.root} after ${Math.round(waitMs / 1000)} s of waiting.`);
    }
    if (!told) say(`${holder} works on this lab; waiting for it to end`);
    told = true;
    await sleep(200);
  }
}

function describeHolder(text: string | undefined): string {
  try {
    const { pid, command, since } = holderSchema.parse(JSON.parse(text ?? ""));
    return `\`lab ${command}\` (process ${pid}, since ${since})`;
  } catch {
    return "Another lab command";
  }
}

function holderFile(layout: LabLayout): string {
  return join(layout.root, "lock-holder.json");
}
