import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { Launch } from "./launches.ts";
import { logFile } from "./layout.ts";
import type { LabLayout } from "./layout.ts";
import { rotateLog } from "./log-files.ts";
import { makePrivateFolder, readIfThere } from "./private-files.ts";
import { processIdentity } from "./process-identity.ts";
import { isRunning, removeRunRecord, writeRunRecord } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import { labMarker } from "./strays.ts";

/** A process just started. `ended` resolves, in words, when it is over before its starter. */
export interface StartedProcess {
  record: RunRecord;
  ended: Promise<string>;
}

/** Starts a component in a session of its own, so that it outlives `up` and no Ctrl-C reaches it, and records it. */
export async function startProcess(layout: LabLayout, name: string, launch: Launch): Promise<StartedProcess> {
  makePrivateFolder(layout.logs);
  makePrivateFolder(layout.run);
  const log = logFile(layout, name);
  rotateLog(log);
  const output = openSync(log, "a", 0o600);
  const child = spawn(launch.program, launch.args, {
    argv0: launch.argv0,
    cwd: layout.root,
    detached: true,
    stdio: ["ignore", output, output],
    env: { ...componentEnvironment(layout, name), ...launch.env },
  });
  closeSync(output);
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`)),
  );
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started: ${await failed}`);
  child.unref();
  const record: RunRecord = {
    root: layout.root,
    pid,
    identity: processIdentity(pid) ?? "ended at once",
    since: new Date().toISOString(),
    fingerprint: launchFingerprint(launch),
  };
  writeRunRecord(layout, name, record);
  return { record, ended };
}

/** Hash of everything that a component is started with; a running one with another hash must be restarted. */
export function launchFingerprint(launch: Launch): string {
  const contents = launch.files.map((file) => [file, readIfThere(file) ?? null]);
  return createHash("sha256")
    .update(JSON.stringify([launch.program, launch.argv0, launch.args, launch.env ?? {}, contents]))
    .digest("hex");
}

/** SIGTERM, and SIGKILL for the whole process group when that does not help within `graceMs`. Returns when it is gone. */
export async function stopProcess(
  process: Pick<RunRecord, "pid" | "identity">,
  graceMs: number,
): Promise<"ended" | "killed"> {
  signal(process.pid, "SIGTERM");
  if (await isGoneWithin(process, graceMs)) return "ended";
  // Components lead a group of their own; a stray child of one may not, hence the second signal.
  signal(-process.pid, "SIGKILL");
  signal(process.pid, "SIGKILL");
  if (await isGoneWithin(process, 5_000)) return "killed";
  throw new Error(`Process ${process.pid} does not end, not even by SIGKILL. It may hang in the kernel on its disk.`);
}

/** Stops the recorded process if it still is the recorded one, and forgets it. */
export async function stopRecorded(layout: LabLayout, name: string, record: RunRecord, graceMs: number): Promise<void> {
  if (isRunning(record)) await stopProcess(record, graceMs);
  removeRunRecord(layout, name);
}

async function isGoneWithin({ pid, identity }: Pick<RunRecord, "pid" | "identity">, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (processIdentity(pid) === identity) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM")
      throw new Error(`Process ${Math.abs(pid)} of this lab belongs to another user: stop the lab as that user.`);
    if (code !== "ESRCH") throw error;
  }
}

// The caller's environment stays out: it may hold secrets, proxies and a KUBECONFIG of another cluster.
function componentEnvironment(layout: LabLayout, name: string): Record<string, string> {
  const inherited = ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...labMarker(layout, name) };
}
