import type { VDIPool } from "../api/objects.ts";
import { durationMs } from "../api/time.ts";
import { scheduled } from "./schedule.ts";

export interface PoolSize {
  readonly desired: number;
  /** When it can be another one by the mere passing of time, in milliseconds from now; undefined: never. */
  readonly recheckMs?: number;
}

/**
 * How many desktops a pool keeps ready: what the schedule asks for, or else `replicas`, and at least as many as sessions
 * were created within the window of its demand, up to that one's `max`.
 *
 * @param recentStarts when sessions were created that could have taken a desktop of the pool, milliseconds since 1970, in
 *   any order; those before the window do not matter
 */
export function desiredSize({ spec }: VDIPool, now: Date, recentStarts: readonly number[]): PoolSize {
  const atMs = now.getTime();
  const plan = spec.schedule ? scheduled(spec.schedule, now) : { replicas: undefined, nextMs: undefined };
  const base = plan.replicas ?? spec.replicas;
  const demand = spec.demand ? demanded(spec.demand, atMs, recentStarts) : { wanted: 0, nextMs: undefined };
  const desired = Math.max(base, demand.wanted);
  // A demand below the base may fall as it likes.
  const next = [plan.nextMs, demand.wanted > base ? demand.nextMs : undefined].filter((it) => it !== undefined);
  return { desired, ...(next.length > 0 && { recheckMs: Math.max(1, Math.min(...next) - atMs) }) };
}

/** nextMs: when so many of the starts have left the window that fewer are wanted. */
function demanded(
  { window, max }: NonNullable<VDIPool["spec"]["demand"]>,
  atMs: number,
  recentStarts: readonly number[],
): { wanted: number; nextMs: number | undefined } {
  const windowMs = durationMs(window);
  const ends = recentStarts
    .map((startMs) => startMs + windowMs)
    .filter((endMs) => endMs > atMs)
    .sort((a, b) => a - b);
  const wanted = Math.min(max, ends.length);
  return { wanted, nextMs: wanted === 0 ? undefined : ends[ends.length - wanted] };
}
