import type { Pod } from "../kinds.ts";
import { createdMs } from "./pool-pods.ts";

const firstDelayMs = 2_000;
const mostDelayMs = 5 * 60_000;
// So long pods that failed stay, for people to look at and for the wait to be counted from: a restart forgets neither.
const memoryMs = 10 * 60_000;
const mostKept = 10;

export interface BackOff {
  /** Pods that failed and are no longer needed to know that. */
  readonly forget: readonly Pod[];
  /** Until when no desktop is made, milliseconds since 1970. */
  readonly untilMs: number;
  /** When the next pod can be forgotten; undefined when there is none. */
  readonly nextMs: number | undefined;
}

/**
 * How long to wait after pods that failed soon after their creation: doubled with each. One that had run for long is
 * replaced at once.
 *
 * @param failed oldest first
 */
export function backOff(failed: readonly Pod[], now: Date): BackOff {
  const recent = failed.filter((pod) => createdMs(pod) + memoryMs > now.getTime());
  const kept = recent.slice(-mostKept);
  const [oldest, newest] = [kept[0], kept.at(-1)];
  const delayMs = Math.min(mostDelayMs, firstDelayMs * 2 ** (kept.length - 1));
  return {
    forget: failed.filter((pod) => !kept.includes(pod)),
    untilMs: newest ? createdMs(newest) + delayMs : 0,
    nextMs: oldest && createdMs(oldest) + memoryMs,
  };
}
