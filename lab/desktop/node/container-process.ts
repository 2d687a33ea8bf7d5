import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

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
  /** Left out for a container without a network. */
  readonly network?: { readonly address: string; readonly gateway: string; connect: (pid: number) => Promise<void> };
}

const script = join(import.meta.dirname, "container.sh");

/** A container's processes. They end with this process, whatever ends it. */
export class ContainerProcess {
  /** The exit code as a container runtime tells it. */
  readonly exit: Promise<number>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exit = new Promise((resolve) => {
      child.once("error", () => resolve(128));
      child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  }

  static async start(options: ContainerStart): Promise<ContainerProcess> {
    const { files, folder, hostname, logFile, command, environment, network } = options;
    const log = openSync(logFile, "a", 0o600);
    const apart = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL"];
    const first = ["sh", script, files, folder, hostname, network?.address ?? "", network?.gateway ?? ""];
    const args = ["--pdeathsig", "KILL", "unshare", ...apart, ...first, "--", ...command];
    const child = spawn("setpriv", args, { env: environment, stdio: ["pipe", log, log] });
    closeSync(log);
    const container = new ContainerProcess(child);
    const input = child.stdin as Writable;
    input.on("error", () => undefined);
    try {
      if (network) await connect(container, network.connect);
      input.end("\n");
      return container;
    } catch (error) {
      container.kill();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks the container's first process to end. */
  terminate(): void {
    const children = `/proc/${this.pid ?? 0}/task/${this.pid ?? 0}/children`;
    try {
      for (const pid of readFileSync(children, "utf8").trim().split(" ").filter(Boolean))
        process.kill(Number(pid), "SIGTERM");
    } catch {
      // It has ended.
    }
  }

  /** Ends all of it. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Lays the cable as soon as the container has a network namespace of its own. */
async function connect(container: ContainerProcess, lay: (pid: number) => Promise<void>): Promise<void> {
  const own = readlinkSync("/proc/self/ns/net");
  for (let tries = 0; tries < 1_000; tries++) {
    const { pid } = container;
    if (pid === undefined) break;
    const theirs = namespaceOf(pid);
    if (theirs === undefined) break;
    if (theirs !== own) return lay(pid);
    await sleep(2);
  }
  throw new Error("the container's network could not be made");
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
