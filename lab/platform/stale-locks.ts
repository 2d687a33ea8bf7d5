import { readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What the file backend writes into a stack's lock, as far as it is read here. */
interface StackLock {
  pid: number;
  hostname: string;
}

/**
 * Removes locks of the lab's stack whose engine is gone: it was killed, and cannot give them back. Locks of engines that
 * run, or that ran on another machine, stay.
 *
 * @returns the process ids whose locks were removed
 */
export function removeStaleLocks(pulumiState: string, project: string, stack: string): number[] {
  const folder = join(pulumiState, ".pulumi", "locks", "organization", project, stack);
  return lockFiles(folder).flatMap((file) => {
    const lock = JSON.parse(readFileSync(file, "utf8")) as StackLock;
    if (lock.hostname !== hostname() || isAlive(lock.pid)) return [];
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
    return [lock.pid];
  });
}

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    // No folder: the stack was never locked.
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, for another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
