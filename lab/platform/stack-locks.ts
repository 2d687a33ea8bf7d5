import { readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What the file backend writes into a stack's lock. */
export interface StackLock {
  pid: number;
  username: string;
  hostname: string;
  /** RFC 3339. */
  timestamp: string;
}

/** Another engine works on the stack, or may do so on another machine. */
export class StackLockedError extends Error {
  override readonly name = "StackLockedError";
}

/** Where the file backend keeps what is locked: its folder, and the stack's project and name. */
export interface LockedStack {
  pulumiState: string;
  project: string;
  stack: string;
}

/**
 * Removes locks of the lab's stack whose engine is gone: it was killed, and cannot give them back.
 *
 * @returns the process ids whose locks were removed
 * @throws {StackLockedError} while an engine that runs, or that ran on another machine, has the stack
 */
export function takeStack(where: LockedStack): number[] {
  const locks = lockFiles(where).map((file) => ({
    file,
    lock: JSON.parse(readFileSync(file, "utf8")) as StackLock,
  }));
  const stale = locks.filter(({ lock }) => lock.hostname === hostname() && !isAlive(lock.pid));
  for (const { file } of stale) {
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
  }
  const held = locks.filter((lock) => !stale.includes(lock)).map(({ lock }) => lock);
  if (held.length > 0) throw new StackLockedError(lockedMessage(where.stack, held, hostname()));
  return stale.map(({ lock }) => lock.pid);
}

/** Who has the stack, since when, and what to do about each. */
export function lockedMessage(stack: string, locks: readonly StackLock[], thisHost: string): string {
  const holders = locks.map(({ pid, username, hostname, timestamp }) => {
    const since = timestamp.replace(/\.\d+/, "");
    return hostname === thisHost
      ? `process ${pid} of ${username} on this machine, since ${since}. ` +
          `Wait for it to end (\`ps -p ${pid}\` shows it), or interrupt it with \`kill -INT ${pid}\`; then run \`npm run lab\` again.`
      : `process ${pid} of ${username} on ${hostname}, since ${since}. Whether it still runs cannot be seen from ` +
          `${thisHost}. Wait for it to end; if it is gone for certain, give its lock back with ` +
          `\`eval "$(npm run -s lab env)" && pulumi cancel --stack ${stack} --yes\`, then run \`npm run lab\` again.`;
  });
  return [`Another Pulumi engine has the stack ${stack}:`, ...holders.map((holder) => `  ${holder}`)].join("\n");
}

function lockFiles({ pulumiState, project, stack }: LockedStack): string[] {
  const folder = join(pulumiState, ".pulumi", "locks", "organization", project, stack);
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
