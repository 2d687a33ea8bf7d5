import { setTimeout as delay } from "node:timers/promises";
import { statusCode } from "../../../../kube/client.ts";

const firstPauseMs = 100;
const longestPauseMs = 1000;

/** How a wait ended when it did not end with a result. */
export type Ending = "timeout" | "cancelled";

export interface PollOptions {
  signal: AbortSignal;
  timeoutSeconds: number;
  /** Told once per outage: what the API server or the network said. */
  onOutage: (problem: string) => void;
}

/**
 * Calls `look` again and again, with pauses growing from 100 ms to 1 s, until it returns something.
 * An API server that is away (refused connection, 429, 5xx) is waited for within the same time: K3s restarts while
 * the GPU toolkit is being installed. Any other error of `look` ends the wait.
 */
export async function poll<T>(look: () => Promise<T | undefined>, options: PollOptions): Promise<T | Ending> {
  const { signal, timeoutSeconds, onOutage } = options;
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
  const stop = AbortSignal.any([signal, deadline]);
  let isAway = false;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.4, longestPauseMs)) {
    try {
      const result = await orStop(look(), stop);
      if (result !== undefined) return result;
      isAway = false;
    } catch (error) {
      if (stop.aborted) return signal.aborted ? "cancelled" : "timeout";
      // A server that is coming back refuses everyone until its own tables are loaded.
      const isComingBack = isAway && [401, 403].includes(statusCode(error) ?? 0);
      if (!isOutage(error) && !isComingBack) throw error;
      if (!isAway) onOutage(outageText(error));
      isAway = true;
      pause = firstPauseMs;
    }
    await delay(pause, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return signal.aborted ? "cancelled" : "timeout";
  }
}

/** True for errors that a restart of the API server explains. */
export function isOutage(error: unknown): boolean {
  const code = statusCode(error);
  if (code !== undefined) return code === 429 || code >= 500;
  return networkCode(error) !== undefined || (error instanceof TypeError && error.message === "fetch failed");
}

function outageText(error: unknown): string {
  const code = statusCode(error);
  return code === undefined ? (networkCode(error) ?? String(error)) : `HTTP ${code}`;
}

// undici wraps the socket's error once or twice in `cause`.
function networkCode(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const code = (one as { code?: unknown }).code;
    if (typeof code === "string" && /^(E[A-Z]+|UND_ERR_\w+)$/.test(code)) return code;
  }
  return undefined;
}

// The client's requests take no signal; a hanging one is left to itself.
async function orStop<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onStop = (): void => {
    reject(new Error("stopped"));
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop.removeEventListener("abort", onStop);
    work.catch(() => undefined);
  }
}
