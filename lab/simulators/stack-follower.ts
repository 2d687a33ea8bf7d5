import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machines } from "../k3s/nodes.ts";

export interface StackFollower {
  stackFile: string;
  readMachines: (stackFile: string) => Promise<Machines>;
  /** Makes the hardware follow. Called at the start, after each edit of the file, and again after it failed. */
  follow: (machines: Machines) => Promise<void>;
  log: (line: string) => void;
  /** How often to look at the file; 1000 unless told otherwise. */
  pollMs?: number;
}

/** Keeps the simulated hardware as the stack file says. A file that cannot be read as a stack changes nothing. */
export async function followStack(follower: StackFollower, signal: AbortSignal): Promise<void> {
  const { stackFile, readMachines, follow, log, pollMs = 1_000 } = follower;
  let done: string | undefined;
  while (!signal.aborted) {
    const version = await fileVersion(stackFile);
    if (version !== undefined && version !== done) {
      const machines = await readMachines(stackFile).catch((error: unknown) => {
        log(`stack: ${oneLine(error)}; the hardware stays as it is`);
        done = version;
        return undefined;
      });
      if (machines) {
        await follow(machines).then(
          () => (done = version),
          (error: unknown) => log(`stack: ${oneLine(error)}; trying again`),
        );
      }
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Changes whenever the file does; undefined while there is none (editors replace files by renaming). */
async function fileVersion(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " | ");
}
