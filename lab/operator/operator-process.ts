import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";

import { startProcess, stopRecorded } from "../cluster/component-process.ts";
import { gatewayLaunch, operatorLaunch } from "../cluster/node-launches.ts";
import { componentKubeconfig, logFile } from "../cluster/layout.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { choosePorts } from "../cluster/ports.ts";
import type { Ports } from "../cluster/ports.ts";
import { writePrivateFile } from "../cluster/private-files.ts";
import { residentBytes } from "../cluster/process-identity.ts";
import { whyNotReady } from "../cluster/readiness.ts";
import { isRunning } from "../cluster/run-record.ts";
import type { RunRecord } from "../cluster/run-record.ts";
import { sampleSum } from "./metrics-text.ts";

type Program = "operator" | "gateway";

export interface OperatorProcessOptions {
  /** Which of the bundle's programs. Default: the operator. */
  readonly program?: Program;
  /** Its POD_NAME, and the name of its log; a lower-case name of its own. */
  readonly identity: string;
  /** From {@link prepareOperator} or {@link prepareGateway}. */
  readonly variables: Readonly<Record<string, string>>;
  /** Added to the variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it finds the API server, `https://127.0.0.1:PORT` or `http://...`; the lab's own when left out. */
  readonly server?: string;
}

/** An operator or gateway beside the lab's own, for tests and benchmarks: under the same ServiceAccount, on ports of its own. */
export class OperatorProcess {
  readonly identity: string;
  /** Where it answers. */
  readonly ports: { readonly metrics: number; readonly health: number; readonly access: number };
  /** Resolves, in words, when the process is over. */
  readonly ended: Promise<string>;
  readonly #layout: LabLayout;
  readonly #program: Program;
  readonly #record: RunRecord;
  readonly #kubeconfig: string;

  private constructor(
    layout: LabLayout,
    options: OperatorProcessOptions,
    run: { ports: Ports; record: RunRecord; ended: Promise<string>; kubeconfig: string },
  ) {
    this.identity = options.identity;
    const { program = "operator" } = options;
    this.#program = program;
    const { ports } = run;
    this.ports = {
      metrics: ports[`${program}-metrics`],
      health: ports[`${program}-health`],
      access: ports["gateway-access"],
    };
    this.ended = run.ended;
    this.#layout = layout;
    this.#record = run.record;
    this.#kubeconfig = run.kubeconfig;
  }

  /** Starts the process; it need not be ready. `npm run lab down` ends it when nobody else does. */
  static async start(layout: LabLayout, options: OperatorProcessOptions): Promise<OperatorProcess> {
    const { identity, variables, env, server, program = "operator" } = options;
    const kubeconfig = componentKubeconfig(layout, identity);
    writePrivateFile(kubeconfig, redirected(readFileSync(componentKubeconfig(layout, program), "utf8"), server));
    const { ports } = await choosePorts({}, new Set());
    const context = { layout, ports, tools: {}, kwokConfigs: [] };
    const launch =
      program === "operator"
        ? operatorLaunch({ ...context, operatorVariables: variables })
        : gatewayLaunch({ ...context, gatewayVariables: variables });
    const own = { ...launch.env, KUBECONFIG: kubeconfig, POD_NAME: identity, ...env };
    const { record, ended } = await startProcess(layout, identity, { ...launch, env: own });
    return new OperatorProcess(layout, options, { ports, record, ended, kubeconfig });
  }

  get pid(): number {
    return this.#record.pid;
  }

  isRunning(): boolean {
    return isRunning(this.#record);
  }

  /** @throws Error with the end of its log when it ends before, or is not ready in time */
  async ready(timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    const url = `http://127.0.0.1:${this.ports.health}/readyz`;
    for (;;) {
      const reason = await whyNotReady({ kind: "http", url }, "");
      if (reason === undefined) return;
      const problem = this.isRunning() ? reason : await this.ended;
      if (!this.isRunning() || Date.now() > deadline)
        throw new Error(`${this.#program} ${this.identity} is not ready: ${problem}\n${this.log().slice(-4_000)}`);
      await sleep(25);
    }
  }

  /** All that it has said so far. */
  log(): string {
    return readFileSync(logFile(this.#layout, this.identity), "utf8");
  }

  /** What Prometheus would read. */
  async metrics(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.ports.metrics}/metrics`);
    return response.text();
  }

  /** Sum of a metric's samples that have all of these labels; 0 when there are none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    return sampleSum(await this.metrics(), name, labels);
  }

  /** Bytes of resident memory; undefined when the process is gone. */
  residentBytes(): number | undefined {
    return residentBytes(this.pid);
  }

  /** SIGKILL: it gets no chance to finish anything. Returns when it is gone. */
  async kill(): Promise<void> {
    if (this.isRunning()) process.kill(this.pid, "SIGKILL");
    await this.#clear();
  }

  /** SIGTERM, as the kubelet does. Returns, in words, how it ended; a process that takes longer is killed. */
  async stop(graceMs = 30_000): Promise<string> {
    await stopRecorded(this.#layout, this.identity, this.#record, graceMs);
    await this.#clear();
    return this.ended;
  }

  async #clear(): Promise<void> {
    await this.ended;
    await stopRecorded(this.#layout, this.identity, this.#record, 0);
    rmSync(this.#kubeconfig, { force: true });
  }
}

/** The same kubeconfig for another address of the API server; over plain HTTP who answers there has to bring the rights. */
export function redirected(kubeconfig: string, server: string | undefined): string {
  if (server === undefined) return kubeconfig;
  const config = parse(kubeconfig) as { clusters: { name: string; cluster: Record<string, unknown> }[] };
  const isPlain = server.startsWith("http:");
  const clusters = config.clusters.map(({ name, cluster }) => ({
    name,
    cluster: isPlain ? { server, "insecure-skip-tls-verify": true } : { ...cluster, server },
  }));
  return JSON.stringify({ ...config, clusters });
}
