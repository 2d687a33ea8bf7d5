import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { ContainerLog } from "./container-log.ts";
import { CpuGroup } from "./cpu-groups.ts";
import type { CpuGroups } from "./cpu-groups.ts";
import { processTree, watchMemory } from "./memory.ts";

export interface ContainerStart {
  /** The folder that stands for the image. */
  readonly files: string;
  /** The container's own: `mounts`, `termination-log`, empty `root` and `empty`. */
  readonly folder: string;
  readonly hostname: string;
  readonly logFile: string;
  readonly command: readonly string[];
  /** Holds secrets: never on a command line. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the pod's network namespace is mounted. */
  readonly network: string;
  readonly limits: ContainerLimits;
}

export interface ContainerLimits {
  readonly memoryBytes?: number | undefined;
  /** With the groups in which it can be held, and the name of its own. */
  readonly cpu?: { readonly cores: number; readonly groups: CpuGroups; readonly name: string } | undefined;
}

/** How a container's first process has ended. */
export interface ContainerExit {
  /** As a container runtime tells it. */
  readonly code: number;
  readonly isOutOfMemory: boolean;
}

const script = join(import.meta.dirname, "container.sh");

/** A container's processes. They end with this process, whatever ends it. */
export class ContainerProcess {
  readonly exit: Promise<ContainerExit>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor({ files, folder, hostname, logFile, command, environment, network, limits }: ContainerStart) {
    const apart = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL"];
    const first = ["sh", script, files, folder, hostname, "--", ...command];
    const args = ["--pdeathsig", "KILL", "nsenter", `--net=${network}`, "unshare", ...apart, ...first];
    const child = spawn("setpriv", args, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    const log = new ContainerLog(logFile);
    log.follow("stdout", child.stdout);
    log.follow("stderr", child.stderr);
    const over = new AbortController();
    let isOutOfMemory = false;
    this.exit = new Promise((resolve) => {
      const end = (code: number) => {
        over.abort();
        log.close();
        resolve({ code, isOutOfMemory });
      };
      child.once("error", () => end(128));
      child.once("close", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    child.stdin.on("error", () => undefined);
    if (child.pid === undefined) return;
    if (limits.memoryBytes !== undefined)
      watchMemory(child.pid, limits.memoryBytes, over.signal, () => {
        isOutOfMemory = true;
        this.kill();
      });
    try {
      this.#limitCpu(child.pid, limits.cpu);
    } catch (error) {
      this.kill();
      throw error;
    }
    child.stdin.end("\n");
  }

  /** Asks the container's first process to end. */
  terminate(): void {
    const [, ...below] = processTree(this.#child.pid ?? 0);
    try {
      if (below[0] !== undefined) process.kill(below[0], "SIGTERM");
    } catch {
      // It has ended.
    }
  }

  /** Ends all of it. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** The container's program has not begun yet: it waits for a line. */
  #limitCpu(pid: number, cpu: ContainerLimits["cpu"]): void {
    if (!cpu) return;
    const group = new CpuGroup(cpu.groups, cpu.name, cpu.cores);
    // Children that are there already do not come along.
    group.add(pid);
    for (const child of processTree(pid).slice(1)) group.add(child);
    void this.exit.then(() => group.remove());
  }
}
