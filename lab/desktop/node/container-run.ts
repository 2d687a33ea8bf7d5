import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BackOff } from "./back-off.ts";
import { ContainerProcess } from "./container-process.ts";
import type { ContainerExit, ContainerStart } from "./container-process.ts";
import { parseLog } from "./container-log.ts";
import { mountsFile } from "./mounts.ts";
import type { Mount } from "./mounts.ts";
import type { Container, Probe } from "./pod-spec.ts";
import type { ContainerState, Terminated } from "./pod-status.ts";
import { ask, watch } from "./probes.ts";

export interface ContainerSurroundings {
  readonly container: Container;
  readonly isInit: boolean;
  /** The pod's folder on this machine. */
  readonly podFolder: string;
  /** Of the pod. */
  readonly address: string;
  /** Restarts before this process. */
  readonly restarts: number;
  /** Made anew for each start: a Secret may be there by then. */
  readonly prepare: () => Promise<{ start: Omit<ContainerStart, "folder" | "logFile">; mounts: readonly Mount[] }>;
  readonly onChange: () => void;
  readonly onEvent: (type: "Normal" | "Warning", reason: string, message: string) => void;
}

/** One container through all its starts, as a kubelet runs it. */
export class ContainerRun {
  state: ContainerState;
  readonly #around: ContainerSurroundings;
  readonly #stop = new AbortController();
  readonly #backOff = new BackOff();
  #process: ContainerProcess | undefined;
  #exit: Promise<ContainerExit> | undefined;

  constructor(around: ContainerSurroundings) {
    this.#around = around;
    const { container, isInit, restarts } = around;
    this.state = {
      ...{ container, isInit, restarts, isStarted: false, isReady: false },
      now: { kind: "waiting", reason: isInit ? "PodInitializing" : "ContainerCreating" },
    };
  }

  /** Its log, or that of its run before; undefined when there is none. */
  logFile(isPrevious: boolean): string | undefined {
    const { podFolder, container } = this.#around;
    const file = join(podFolder, `${container.name}.log${isPrevious ? ".previous" : ""}`);
    return existsSync(file) ? file : undefined;
  }

  /** Runs it until it need not run any more. Resolves at the first moment at which what comes after it may start. */
  async run(): Promise<void> {
    const { container, isInit } = this.#around;
    const isSidecar = container.restartPolicy === "Always";
    const goesOn = Promise.withResolvers<undefined>();
    const all = (async () => {
      while (!this.#isStopping()) {
        const begun = Date.now();
        const exitCode = await this.#once(() => goesOn.resolve(undefined));
        const isDone = isInit && !isSidecar && exitCode === 0;
        if (this.#isStopping() || isDone) return;
        await this.#waitForNextStart(Date.now() - begun);
      }
    })();
    await (isInit && !isSidecar ? all : Promise.race([all, goesOn.promise]));
  }

  /** Ends it: SIGTERM, and SIGKILL when the time is over. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    const [process, exit] = [this.#process, this.#exit];
    if (!process || !exit) return;
    process.terminate();
    const inTime = await Promise.race([exit.then(() => true), sleep(graceMs, false)]);
    if (!inTime) process.kill();
    await exit;
  }

  #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #once(onStarted: () => void): Promise<number | undefined> {
    const folder = this.#folder();
    const logFile = join(this.#around.podFolder, `${this.state.container.name}.log`);
    try {
      const { start, mounts } = await this.#around.prepare();
      if (this.#isStopping()) return undefined;
      writeFileSync(join(folder, "mounts"), mountsFile(mounts));
      writeFileSync(join(folder, "termination-log"), "");
      this.#process = new ContainerProcess({ ...start, folder, logFile });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ now: { kind: "waiting", reason: "CreateContainerConfigError", message } });
      this.#around.onEvent("Warning", "Failed", `Error: ${message}`);
      return undefined;
    }
    this.#exit = this.#process.exit;
    const startedAt = timestamp();
    const probing = new AbortController();
    this.#set({ now: { kind: "running", startedAt }, isStarted: false, isReady: false });
    this.#around.onEvent("Normal", "Started", `Started container ${this.state.container.name}`);
    this.#probe(probing.signal, onStarted);
    const exit = await this.#exit;
    probing.abort();
    this.#set({ now: this.#ended(exit, startedAt, folder, logFile), isStarted: false, isReady: false });
    return exit.code;
  }

  /** Startup first; then readiness and liveness beside each other. */
  #probe(signal: AbortSignal, onStarted: () => void): void {
    const { startupProbe, readinessProbe, livenessProbe } = this.state.container;
    const started = () => {
      this.#set({ isStarted: true, isReady: readinessProbe === undefined });
      onStarted();
      if (readinessProbe) this.#follow(readinessProbe, "Readiness", signal, (isReady) => this.#set({ isReady }));
      if (livenessProbe) this.#follow(livenessProbe, "Liveness", signal, (lives) => !lives && this.#killUnhealthy());
    };
    if (!startupProbe) started();
    else {
      const over = new AbortController();
      this.#follow(startupProbe, "Startup", AbortSignal.any([signal, over.signal]), (passes) => {
        over.abort();
        if (passes) started();
        else this.#killUnhealthy();
      });
    }
  }

  #follow(probe: Probe, kind: string, signal: AbortSignal, onVerdict: (passes: boolean) => void): void {
    const { container, address, onEvent } = this.#around;
    void watch({
      ...{ probe, signal, onVerdict },
      once: () => ask(probe, container, address),
      onFailure: (why) => onEvent("Warning", "Unhealthy", `${kind} probe failed: ${why}`),
    });
  }

  #killUnhealthy(): void {
    const { name } = this.state.container;
    this.#around.onEvent("Normal", "Killing", `Container ${name} failed its probe, will be restarted`);
    const process = this.#process;
    process?.terminate();
    setTimeout(() => process?.kill(), 30_000).unref();
  }

  async #waitForNextStart(ranMs: number): Promise<void> {
    const delayMs = this.#backOff.delayMs(ranMs);
    const { now, container } = this.state;
    if (now.kind === "terminated") this.#set({ last: now });
    if (delayMs > 0) {
      if (now.kind === "terminated") {
        const message = `back-off ${delayMs / 1000}s restarting failed container=${container.name}`;
        this.#set({ now: { kind: "waiting", reason: "CrashLoopBackOff", message } });
        this.#around.onEvent("Warning", "BackOff", `Back-off restarting failed container ${container.name}`);
      }
      await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    if (now.kind === "terminated") this.#set({ restarts: this.state.restarts + 1 });
  }

  #ended({ code, isOutOfMemory }: ContainerExit, startedAt: string, folder: string, logFile: string): Terminated {
    const said = readFileSync(join(folder, "termination-log"), "utf8").slice(0, 4096).trimEnd();
    const fallsBack = this.state.container.terminationMessagePolicy === "FallbackToLogsOnError" && code !== 0;
    const message = said !== "" || !fallsBack ? said : lastWords(logFile);
    return {
      ...{
        kind: "terminated",
        exitCode: code,
        reason: isOutOfMemory ? "OOMKilled" : code === 0 ? "Completed" : "Error",
      },
      ...(message !== "" && { message }),
      ...{ startedAt, finishedAt: timestamp() },
    };
  }

  #folder(): string {
    const { podFolder, container } = this.#around;
    const folder = join(podFolder, container.name);
    for (const part of ["root", "empty"]) mkdirSync(join(folder, part), { recursive: true });
    const log = join(podFolder, `${container.name}.log`);
    try {
      renameSync(log, `${log}.previous`);
    } catch {
      // Its first start.
    }
    return folder;
  }

  #set(changes: Partial<ContainerState>): void {
    this.state = { ...this.state, ...changes };
    this.#around.onChange();
  }
}

/** The end of a log as the kubelet takes it for a message: 80 lines and 2 KiB at the most. */
function lastWords(file: string): string {
  const lines = parseLog(readFileSync(file, "utf8")).slice(-80);
  return lines
    .map(({ text }) => text)
    .join("")
    .trimEnd()
    .slice(-2048);
}

export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
