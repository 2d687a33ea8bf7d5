import { backoffMs } from "../../kube/backoff.ts";

/** How often something may be done that others may undo each time. */
export interface Pace {
  /** So often at once. */
  readonly atOnce: number;
  /** Each time is forgotten after so long, one after the other. */
  readonly restMs: number;
}

/** How often it was done lately, and when last. */
export interface Load {
  readonly times: number;
  readonly atMs: number;
}

// After 2, 6, 14, 30, 62 s and so on.
const growth = { firstMs: 2_000, mostMs: 5 * 60_000, jitter: 0 };

/** Done once more. */
export function done({ restMs }: Pace, before: Load | undefined, nowMs: number): Load {
  const rest = before ? Math.max(0, before.times - (nowMs - before.atMs) / restMs) : 0;
  return { times: rest + 1, atMs: nowMs };
}

/** How long it has to rest yet. What is done again and again waits twice as long each time, until it is forgotten as fast. */
export function restMs({ atOnce }: Pace, load: Load | undefined, nowMs: number): number {
  if (!load || load.times < atOnce) return 0;
  return Math.max(0, load.atMs + backoffMs(growth, Math.ceil(load.times) - atOnce + 1, 0) - nowMs);
}
