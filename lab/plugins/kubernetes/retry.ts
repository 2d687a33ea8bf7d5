import { setTimeout as delay } from "node:timers/promises";

export interface RetryOptions {
  /** Which errors time may heal. */
  isTemporary(error: unknown): boolean;
  onRetry(error: unknown, attempt: number): void;
  signal: AbortSignal;
  /** Time after which the last error is thrown. */
  limitSeconds: number;
}

/** Tries at once, then with pauses growing from 0.1 to 4 s, until it works, the error is final, or the time is over. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const end = Date.now() + options.limitSeconds * 1000;
  for (let count = 1, pauseMs = 100; ; count++, pauseMs = Math.min(pauseMs * 1.5, 4000)) {
    try {
      return await attempt();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!options.isTemporary(error) || Date.now() + pauseMs > end) throw error;
      options.onRetry(error, count);
      await delay(pauseMs, undefined, { signal: options.signal });
    }
  }
}
