import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";

/** What the file backend writes into a stack's lock (pkg/backend/diy/lock.go). */
export interface StackLock {
  pid: number;
  username: string;
  hostname: string;
  /** RFC 3339. */
  timestamp: string;
}

/** A lock and the file that it is. */
export interface LockFile {
  file: string;
  lock: StackLock;
}

/** The folder of a file backend, which of its stacks, and how the reader of a message goes on. */
export interface LockedStack {
  pulumiState: string;
  project: string;
  stack: string;
  commands: { again: string; cancel: string };
}

/** The folder of a file backend, from its address; undefined for any other backend. */
export function backendFolder(address: string): string | undefined {
  const path = /^file:\/\/([^?]*)/.exec(address)?.[1];
  return path === undefined ? undefined : resolve(path.replace(/^~/, homedir()));
}

/** Another engine works on the stack, or may do so on another machine. */
export class StackLockedError extends Error {
  override readonly name = "StackLockedError";
}

/**
 * The locks that a stack's engines left behind when they were killed: they cannot give them back.
 *
 * @throws {StackLockedError} while an engine that runs, or that ran on another machine, has the stack
 */
export function abandonedLocks(where: LockedStack): LockFile[] {
  const locks = lockFiles(where);
  const abandoned = locks.filter(({ lock }) => lock.hostname === hostname() && !isAlive(lock));
  const held = locks.filter((lock) => !abandoned.includes(lock)).map(({ lock }) => lock);
  if (held.length > 0) throw new StackLockedError(lockedMessage(where, held, hostname()));
  return abandoned;
}

/** Removes the lock; one that is gone already is no error. */
export function removeLock({ file }: LockFile): void {
  rmSync(file, { force: true });
  rmSync(`${file}.attrs`, { force: true });
}

/** Who has the stack, since when, and what to do about each. */
export function lockedMessage(
  { stack, commands: { again, cancel } }: Pick<LockedStack, "stack" | "commands">,
  locks: readonly StackLock[],
  thisHost: string,
): string {
  const holders = locks.map(({ pid, username, hostname, timestamp }) => {
    const since = timestamp.replace(/\.\d+/, "");
    return hostname === thisHost
      ? `process ${pid} of ${username} on this machine, since ${since}. ` +
          `Wait for it to end (\`ps -p ${pid}\` shows it), or interrupt it with \`kill -INT ${pid}\`; then run \`${again}\` again.`
      : `process ${pid} of ${username} on ${hostname}, since ${since}. Whether it still runs cannot be seen from ` +
          `${thisHost}. Wait for it to end; if it is gone for certain, give its lock back with ` +
          `\`${cancel}\`, then run \`${again}\` again.`;
  });
  return [`Another Pulumi engine has the stack ${stack}:`, ...holders.map((holder) => `  ${holder}`)].join("\n");
}

function lockFiles({ pulumiState, project, stack }: LockedStack): LockFile[] {
  const folder = join(pulumiState, ".pulumi", "locks", "organization", project, stack);
  return namesIn(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name))
    .map((file) => ({ file, lock: JSON.parse(readFileSync(file, "utf8")) as StackLock }));
}

// No folder: the stack was never locked.
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive({ pid, timestamp }: StackLock): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, for another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // After a restart of the machine its number may be another's. The two times come from clocks that may differ a little.
  return startOf(pid) < Date.parse(timestamp) + 60_000;
}

/** When a process began, in milliseconds since the epoch; 0 when it cannot be told. */
function startOf(pid: number): number {
  try {
    // lstart is written in the words of the locale, and in local time.
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    return (
      Date.parse(`${execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { env, encoding: "utf8" })} UTC`) || 0
    );
  } catch {
    return 0;
  }
}
