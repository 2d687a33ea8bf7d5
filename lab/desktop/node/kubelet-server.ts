import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parseLog, selectLog } from "./container-log.ts";
import type { LogOptions } from "./container-log.ts";
import type { ContainerRun } from "./container-run.ts";

export interface KubeletServerOptions {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** Files of PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Signs who may ask. */
  readonly authority: string;
  /** Common name of the one that may ask: the API server, which knows who may read logs. */
  readonly client: string;
  readonly find: (pod: string, container: string) => ContainerRun | undefined;
}

export interface LogQuestion extends LogOptions {
  /** `NAMESPACE/NAME` */
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
  readonly isFollowed: boolean;
}

/** What the API server asks a kubelet for `kubectl logs`; undefined for any other question. */
export function readLogQuestion(url: string, nowMs: number): LogQuestion | undefined {
  const { pathname, searchParams } = new URL(url, "https://kubelet");
  const [, namespace, name, container] = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  if (container === undefined) return undefined;
  const number = (key: string) => (searchParams.has(key) ? Number(searchParams.get(key)) : undefined);
  const is = (key: string) => ["true", "1"].includes(searchParams.get(key) ?? "");
  const seconds = number("sinceSeconds");
  const since = searchParams.get("sinceTime");
  return {
    ...{ pod: `${namespace ?? ""}/${name ?? ""}`, container },
    ...{ isPrevious: is("previous"), isFollowed: is("follow"), hasTimestamps: is("timestamps") },
    ...{ tailLines: number("tailLines"), limitBytes: number("limitBytes") },
    sinceMs: seconds !== undefined ? nowMs - seconds * 1000 : since !== null ? Date.parse(since) : undefined,
  };
}

/** Serves the part of a kubelet by which `kubectl logs` works; the API server alone may ask. */
export async function serveKubelet(options: KubeletServerOptions): Promise<void> {
  const { port, certificate, key, authority, client } = options;
  const files = { cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(authority) };
  const server = createServer({ ...files, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    void answer(request, response, options.find);
  });
  server.on("secureConnection", (connection) => {
    if (connection.getPeerCertificate().subject.CN !== client) connection.destroy();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  find: KubeletServerOptions["find"],
): Promise<void> {
  const question = readLogQuestion(request.url ?? "", Date.now());
  if (!question) {
    response.writeHead(501).end("This node serves logs alone.");
    return;
  }
  const { pod, container, isPrevious, isFollowed } = question;
  const run = find(pod, container);
  const file = run?.logFile(isPrevious);
  const [, podName = ""] = pod.split("/");
  if (!run || file === undefined) {
    const what = isPrevious ? "previous terminated container" : "container";
    response.writeHead(400).end(`${what} "${container}" in pod "${podName}" not found`);
    return;
  }
  response.writeHead(200, { "Content-Type": "text/plain" });
  const before = readFileSync(file);
  let at = before.length;
  response.write(selectLog(parseLog(before.toString()), question));
  const { restarts } = run.state;
  const isOver = () => response.destroyed || run.state.restarts !== restarts || run.state.now.kind !== "running";
  while (isFollowed && !isPrevious) {
    // Asked before the last look, so that nothing of what was said at the end is missing.
    const wasOver = isOver();
    const content = readFileSync(file);
    const added = content.subarray(at).toString();
    const end = added.lastIndexOf("\n") + 1;
    if (end > 0) response.write(selectLog(parseLog(added.slice(0, end)), { hasTimestamps: question.hasTimestamps }));
    at += Buffer.byteLength(added.slice(0, end));
    if (wasOver) break;
    await sleep(lookMs);
  }
  response.end();
}

const lookMs = 200;
