import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container, Probe } from "./pod-spec.ts";

/** Undefined when the probe passed, else why not, in the kubelet's words. */
export type ProbeResult = string | undefined;

/** Asks once, as the kubelet does: 200 to 399 pass. */
export async function ask(probe: Probe, { ports = [] }: Container, host: string): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const number = (port: number | string) =>
    typeof port === "number" ? port : (ports.find(({ name }) => name === port)?.containerPort ?? 0);
  if (probe.httpGet) {
    const { path = "/", port, scheme = "HTTP" } = probe.httpGet;
    return askHttp({ host, port: number(port), path, isSecure: scheme === "HTTPS" }, timeoutMs);
  }
  return probe.tcpSocket ? askTcp(host, number(probe.tcpSocket.port), timeoutMs) : undefined;
}

function askHttp(
  { host, port, path, isSecure }: { host: string; port: number; path: string; isSecure: boolean },
  timeout: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const failed = (why: string) => resolve(`Get "${isSecure ? "https" : "http"}://${host}:${port}${path}": ${why}`);
    const asked = (isSecure ? secureRequest : request)(
      {
        host,
        port,
        path,
        timeout,
        agent: false,
        rejectUnauthorized: false,
        headers: { "User-Agent": "kube-probe/1.35" },
      },
      (answer) => {
        answer.resume();
        const { statusCode = 0 } = answer;
        const passed = statusCode >= 200 && statusCode < 400;
        resolve(passed ? undefined : `HTTP probe failed with statuscode: ${statusCode}`);
      },
    );
    asked.on("timeout", () => {
      failed("context deadline exceeded");
      asked.destroy();
    });
    asked.on("error", ({ message }) => failed(message));
    asked.end();
  });
}

function askTcp(host: string, port: number, timeout: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const end = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end(`dial tcp ${host}:${port}: i/o timeout`));
    socket.once("error", ({ message }) => end(`dial tcp ${host}:${port}: ${message}`));
  });
}

/** Counts results in a row until thresholds are reached; undefined while neither is. */
export class Thresholds {
  readonly #probe: Probe;
  #passed = 0;
  #failed = 0;

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  add(passed: boolean): boolean | undefined {
    this.#passed = passed ? this.#passed + 1 : 0;
    this.#failed = passed ? 0 : this.#failed + 1;
    if (this.#passed >= (this.#probe.successThreshold ?? 1)) return true;
    return this.#failed >= (this.#probe.failureThreshold ?? 3) ? false : undefined;
  }
}

export interface Watching {
  readonly probe: Probe;
  readonly once: () => Promise<ProbeResult>;
  /** Told of each failure. */
  readonly onFailure: (why: string) => void;
  /** Told of each result that its threshold makes count. */
  readonly onVerdict: (passes: boolean) => void;
  readonly signal: AbortSignal;
}

/** Asks again and again until `signal` aborts. Never rejects. */
export async function watch({ probe, once, onFailure, onVerdict, signal }: Watching): Promise<void> {
  const thresholds = new Thresholds(probe);
  const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
  const isOver = () => signal.aborted;
  await pause(probe.initialDelaySeconds ?? 0);
  while (!isOver()) {
    const failure = await once();
    if (isOver()) return;
    if (failure !== undefined) onFailure(failure);
    const verdict = thresholds.add(failure === undefined);
    if (verdict !== undefined) onVerdict(verdict);
    await pause(probe.periodSeconds ?? 10);
  }
}
