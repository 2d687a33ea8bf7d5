import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { apiMessage, ClusterClient, loadKubeConfig, statusCode } from "../kube/client.ts";

/**
 * Runs a script on behalf of the program: INPUT (JSON) in, one line of JSON on stdout, progress on stderr, and on failure
 * one message and exit code 1. The cluster is that of KUBECONFIG, in the input's `context` when there is one.
 */
export async function runScript<T extends { context?: string | undefined }>(
  schema: z.ZodType<T>,
  work: (input: T, client: ClusterClient) => Promise<object>,
): Promise<void> {
  try {
    const input = schema.parse(JSON.parse(process.env["INPUT"] ?? "{}"));
    const config = loadKubeConfig(input.context === undefined ? {} : { context: input.context });
    const result = await work(input, new ClusterClient(config));
    await config.close();
    console.log(JSON.stringify(result));
  } catch (error) {
    console.error(apiMessage(error));
    // Connections that hang would keep the process, and with it `pulumi up`, waiting.
    process.exit(1);
  }
}

export type Poll<T> = { readonly done: T } | { readonly waiting: string };

export interface Patience {
  readonly timeoutSeconds: number;
  /** Told whenever the reason for waiting is another one. What is a line of its own in it is indented. */
  readonly say?: (line: string) => void;
  /** The longest pause between two polls; the first ones are shorter. Default: 2000. */
  readonly pauseMs?: number;
  readonly now?: () => number;
}

/**
 * Polls until it is done. An API server that is away for a while (a K3s that restarts) is waited for as
 * well.
 *
 * @throws Error with the last reason for waiting, after `timeoutSeconds`; any other error of `poll` at once
 */
export async function waitUntil<T>(poll: () => Promise<Poll<T>>, patience: Patience): Promise<T> {
  const { timeoutSeconds, say = (line) => console.error(line), pauseMs = 2000, now = Date.now } = patience;
  const deadline = now() + timeoutSeconds * 1000;
  let said = "";
  for (let pause = 250; ; pause *= 1.5) {
    const seen = await bounded(poll).catch(whileAway);
    if ("done" in seen) return seen.done;
    if (now() >= deadline) throw new Error(`${seen.waiting}\nGave up after ${timeoutSeconds} s.`);
    if (seen.waiting !== said) say(`waiting: ${seen.waiting.replaceAll("\n", "\n  ")}`);
    said = seen.waiting;
    await sleep(Math.min(pause, pauseMs));
  }
}

// A connection to a server that was killed may stay silent for minutes.
async function bounded<T>(poll: () => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = sleep(20_000, undefined, { signal: limit.signal }).then(() => {
    throw new ApiAway("the API server did not answer within 20 s");
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([poll(), late]);
  } finally {
    limit.abort();
  }
}

class ApiAway extends Error {}

function whileAway(error: unknown): { waiting: string } {
  if (!isApiAway(error)) throw error;
  return { waiting: `the API server cannot be reached (${apiMessage(error)})` };
}

/** True for what passes by itself: no connection, or a server that is starting, stopping or overloaded. */
export function isApiAway(error: unknown): boolean {
  if (error instanceof ApiAway) return true;
  const code = statusCode(error);
  if (code !== undefined) return code === 429 || code >= 500;
  const causes = [error, (error as { cause?: unknown } | undefined)?.cause] as ({ code?: unknown } | undefined)[];
  return causes.some((cause) => typeof cause?.code === "string" && connectionErrors.has(cause.code));
}

const connectionErrors = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
]);
