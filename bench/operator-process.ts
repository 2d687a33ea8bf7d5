import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makePrivateFolder } from "../lab/cluster/private-files.ts";
import { growth, samplesOf } from "../lab/operator/metrics-text.ts";
import type { Sample } from "../lab/operator/metrics-text.ts";
import { processFigures } from "./process-figures.ts";
import type { ProcessFigures } from "./process-figures.ts";

export interface OperatorLaunch {
  /** For its log, its key and, when it is profiled, its profile. */
  readonly folder: string;
  /** The built operator: what a cluster runs. */
  readonly bundle: string;
  readonly kubeconfig: string;
  /** Of sessions, and of its lease. */
  readonly namespace: string;
  readonly identity: string;
  readonly electsLeader: boolean;
  readonly nodeOptions: readonly string[];
}

const metrics = {
  requests: "rest_client_requests_total",
  reconciles: "controller_runtime_reconcile_total",
  depth: "workqueue_depth",
  workers: "controller_runtime_active_workers",
  leading: "leader_election_master_status",
  lag: "nodejs_eventloop_lag_max_seconds",
} as const;

// Metrics count all sessions at each look: more looks would be a load of their own.
const idlePollMs = 250;

const writingMethods = ["POST", "PUT", "PATCH", "DELETE"];

/** An operator that a benchmark started, beside the one that the lab may have. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #metricsUrl: string;
  #longestLagSeconds = 0;

  private constructor(child: ChildProcess, log: string, metricsUrl: string) {
    this.#child = child;
    this.#log = log;
    this.#metricsUrl = metricsUrl;
  }

  static async start(launch: OperatorLaunch): Promise<OperatorProcess> {
    const { folder, bundle, kubeconfig, namespace, identity } = launch;
    makePrivateFolder(folder);
    const [metricsPort, healthPort] = await freePorts(2);
    const log = join(folder, `${identity}.log`);
    const output = openSync(log, "w", 0o600);
    const child = spawn(process.execPath, [...launch.nodeOptions, bundle], {
      cwd: folder,
      stdio: ["ignore", output, output],
      env: {
        PATH: process.env["PATH"],
        KUBECONFIG: kubeconfig,
        VDI_NAMESPACE: namespace,
        VDI_DOMAIN: "desktops.example.com",
        POD_NAMESPACE: namespace,
        POD_NAME: identity,
        VDI_LEADER_ELECTION: String(launch.electsLeader),
        // Nothing listens where simulated pods have their addresses.
        VDI_STREAM_CHECK: "kubelet",
        VDI_LISTEN_ADDRESS: "127.0.0.1",
        VDI_METRICS_PORT: String(metricsPort),
        VDI_HEALTH_PORT: String(healthPort),
      },
    });
    closeSync(output);
    return new OperatorProcess(child, log, `http://127.0.0.1:${metricsPort}/metrics`);
  }

  /** Memory and processor time so far. */
  get figures(): ProcessFigures {
    return processFigures(this.#pid);
  }

  /** @throws Error with the end of its log when it does not come, or ends before */
  async hasSaid(text: string, timeoutMs = 60_000): Promise<void> {
    await this.#until(() => this.#text.includes(text), `it did not say "${text}"`, timeoutMs);
  }

  /** Resolves once it leads and has nothing left to do. */
  async isIdle(timeoutMs = 60_000): Promise<void> {
    const isMeant = ({ name }: Sample) => name === metrics.depth || name === metrics.workers;
    await this.#until(
      async () => {
        const samples = await this.samples().catch(() => []);
        return samples.some(({ name }) => name === metrics.reconciles) && growth([], samples, isMeant) === 0;
      },
      "it did not come to rest",
      timeoutMs,
      idlePollMs,
    );
  }

  async samples(): Promise<Sample[]> {
    const answer = await fetch(this.#metricsUrl);
    const samples = samplesOf(await answer.text(), Object.values(metrics));
    // Each look begins a new count.
    const lag = samples.find(({ name }) => name === metrics.lag)?.value ?? 0;
    if (lag > this.#longestLagSeconds) this.#longestLagSeconds = lag;
    return samples;
  }

  /** The longest delay of its event loop while the work goes on, in milliseconds. */
  async longestTurnMs(work: () => Promise<void>): Promise<number> {
    await this.samples();
    this.#longestLagSeconds = 0;
    await work();
    await this.samples();
    return Math.round(this.#longestLagSeconds * 1000);
  }

  /** Kills it, as a crash would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Tells it to end, and waits. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  get #pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("the operator could not be started");
    return pid;
  }

  get #text(): string {
    return readFileSync(this.#log, "utf8");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 40_000);
    await ended;
    clearTimeout(timer);
  }

  async #until(isSo: () => boolean | Promise<boolean>, what: string, timeoutMs: number, everyMs = 20): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!(await isSo())) {
      const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (isOver || performance.now() > end)
        throw new Error(
          `the operator ${isOver ? "ended" : "is late"}: ${what}. Its log ends:\n${this.#text.slice(-2_000)}`,
        );
      await sleep(everyMs);
    }
  }
}

/** Requests of an operator that changed something, or tried to, between two looks at its metrics. */
export function writesBetween(before: readonly Sample[], after: readonly Sample[]): number {
  return growth(before, after, ({ name, labels }) => {
    return name === metrics.requests && writingMethods.includes(labels["method"] ?? "");
  });
}

export function reconcilesBetween(before: readonly Sample[], after: readonly Sample[]): number {
  return growth(before, after, ({ name }) => name === metrics.reconciles);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
