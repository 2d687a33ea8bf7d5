import { setImmediate } from "node:timers/promises";
import { apiMessage } from "./api-error.ts";
import { pause, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What is to become of a key after its work: nothing more, or work on it again after a time. */
export interface WorkResult {
  requeueAfterMs?: number;
  priority?: number;
}

/** Trying again would not help; the key waits for the next change of its object. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

export type WorkOutcome = "success" | "requeue_after" | "error" | "terminal_error";

/** Told of each piece of work. */
export interface WorkObserver {
  started?(): void;
  ended?(outcome: WorkOutcome, seconds: number): void;
}

export interface WorkerPoolOptions {
  queue: WorkQueue;
  /** How many keys are worked on at once. */
  concurrency: number;
  /** Does the work on a key. `signal` says that it should come to an end. */
  work: (key: string, signal: AbortSignal) => Promise<WorkResult | undefined>;
  log: (message: string, key: string, error: unknown) => void;
  /** For work in progress to end by itself once the pool is told to stop; afterwards its signal aborts. */
  graceMs?: number;
  observer?: WorkObserver;
  clock?: Clock;
}

/**
 * Works on the queue's keys until `signal` aborts. Then no key is begun any more (what waits is found again by whoever
 * starts next); resolves when the work in progress has ended. Never rejects: failed work is logged and done again later.
 */
export async function runWorkers(options: WorkerPoolOptions, signal: AbortSignal): Promise<void> {
  const { queue, concurrency, graceMs = 30_000, clock = systemClock } = options;
  const hurry = new AbortController();
  const stop = () => {
    queue.shutDown({ dropWaiting: true });
    void pause(clock, graceMs, hurry.signal).then(() => hurry.abort());
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  await Promise.all(Array.from({ length: concurrency }, () => runWorker(options, clock, hurry.signal)));
  signal.removeEventListener("abort", stop);
  hurry.abort();
}

async function runWorker(options: WorkerPoolOptions, clock: Clock, signal: AbortSignal): Promise<void> {
  const { queue, observer } = options;
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    const begun = clock.now();
    observer?.started?.();
    const outcome = await workOn(key, options, signal);
    observer?.ended?.(outcome, (clock.now() - begun) / 1000);
    queue.done(key);
    // Work that waits for nothing would keep all else from its turn: leases, watches, servers.
    await setImmediate();
  }
}

async function workOn(key: string, { queue, work, log }: WorkerPoolOptions, signal: AbortSignal): Promise<WorkOutcome> {
  try {
    const { requeueAfterMs, priority = 0 } = (await work(key, signal)) ?? {};
    queue.forget(key);
    if (requeueAfterMs === undefined) return "success";
    queue.addAfter(key, requeueAfterMs, { priority });
    return "requeue_after";
  } catch (error) {
    if (error instanceof TerminalError) {
      queue.forget(key);
      log(error.message, key, error);
      return "terminal_error";
    }
    const delayMs = queue.retry(key);
    log(`${apiMessage(error)}; trying again in ${Math.ceil(delayMs)} ms`, key, error);
    return "error";
  }
}
