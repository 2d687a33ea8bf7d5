import { spawn } from "node:child_process";

import type { Ending, Execution, Runner } from "./execution.ts";

export interface LocalSettings {
  /** Program and arguments that the command text is appended to. */
  interpreter: string[] | undefined;
  dir: string | undefined;
}

/** Commands leave SIGTERM this long to clean up before they are killed. */
const graceMilliseconds = 2_000;

const running = new Set<number>();
// When the plugin itself must go, nothing it started may stay.
process.on("exit", () => running.forEach((group) => killGroup(group, "SIGKILL")));

/** Runs commands as child processes, each with a process group of its own so that a cancel reaches whatever it has started. */
export function localRunner({ interpreter, dir }: LocalSettings): Runner {
  const [program = "/bin/sh", ...args] = interpreter?.length ? interpreter : ["/bin/sh", "-c"];
  return (execution, session) =>
    new Promise<Ending>((resolve, reject) => {
      session.signal.throwIfAborted();
      const child = spawn(program, [...args, execution.command], {
        cwd: dir,
        env: environmentOf(execution),
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
      });
      const stop = () => stopGroup(child.pid);
      if (child.pid !== undefined) running.add(child.pid);
      session.signal.addEventListener("abort", stop, { once: true });
      child.stdout.on("data", session.stdout);
      child.stderr.on("data", session.stderr);
      // A command need not read its input.
      child.stdin.on("error", () => undefined);
      child.stdin.end(execution.stdin ?? "");
      child.once("error", (error) => reject(explain(error, program, dir)));
      child.once("close", (code, signal) => {
        if (child.pid !== undefined) running.delete(child.pid);
        session.signal.removeEventListener("abort", stop);
        resolve({ code, signal });
      });
    });
}

function environmentOf({ environment, previous }: Execution): NodeJS.ProcessEnv {
  return { ...process.env, ...environment, ...previous };
}

function stopGroup(group: number | undefined): void {
  if (group === undefined) return;
  killGroup(group, "SIGTERM");
  setTimeout(() => running.has(group) && killGroup(group, "SIGKILL"), graceMilliseconds).unref();
}

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Node reports a missing working directory as a missing program. */
function explain(error: NodeJS.ErrnoException, program: string, dir: string | undefined): Error {
  if (error.code !== "ENOENT") return error;
  return new Error(
    dir === undefined ? `${program} does not exist` : `either ${program} or the directory ${dir} does not exist`,
  );
}
