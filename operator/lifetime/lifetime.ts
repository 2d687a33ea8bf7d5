import type { VDISession } from "../api/objects.ts";
import { apiTime } from "../api/time.ts";
import type { Activity } from "../view/session-view.ts";
import { expiry, timeoutNote } from "./expiring.ts";
import { condition, idleClock } from "./idle-clock.ts";
import { idleNote } from "./active.ts";

/** What time asks for: at most one action, or a warning that was not given yet. */
export interface Lifetime {
  readonly action?: "Suspend" | "Delete";
  readonly because?: "Timeout" | "Idle";
  /** For an event; the conditions Expiring and Active keep that it was said. */
  readonly warning?: { readonly reason: "TimeoutWarning" | "IdleWarning"; readonly note: string };
  /** After this time the answer is another one, also when nothing else changes. */
  readonly recheckMs?: number;
  /** At this time a look at who is connected decides, milliseconds since 1970. Only while the idle clock runs. */
  readonly decideAtMs?: number;
  readonly expiresAt: string;
}

/** A look decides only while it is younger than this. */
export const freshLookMs = 90_000;

// A desktop is looked at every 30 s: as long as a look that decides can be waited for.
const nextLookMs = 30_000;

/**
 * Timeout and idle time of one session. The timeout deletes it. Idle time acts only on a look that was made when it was
 * due, is fresh, and found nobody: a look that failed, is old or does not tell never acts.
 *
 * @param activity the last look; undefined when there was none
 * @param now by the API server's clock, which the times in objects come from
 */
export function lifetime(session: VDISession, activity: Activity | undefined, now: Date): Lifetime {
  const nowMs = now.getTime();
  const { warnMs, endMs } = expiry(session, now);
  const expiresAt = apiTime(endMs);
  if (session.metadata.deletionTimestamp !== undefined) return { expiresAt };
  if (nowMs >= endMs) return { action: "Delete", because: "Timeout", expiresAt };

  const idle = idleClock(session, activity, now);
  if (session.spec.idle && activity && idle && decides(activity, idle.dueMs, nowMs))
    return { action: session.spec.idle.action, because: "Idle", expiresAt };

  const { conditions } = session.status ?? {};
  const warning =
    nowMs >= warnMs && condition(conditions, "Expiring")?.status !== "True"
      ? { reason: "TimeoutWarning" as const, note: timeoutNote(session, endMs) }
      : idle && nowMs >= idle.warnMs && condition(conditions, "Active")?.reason !== "IdleWarning"
        ? { reason: "IdleWarning" as const, note: idleNote(session, idle) }
        : undefined;
  const ahead = [warnMs, endMs, ...(idle ? [idle.warnMs, idle.dueMs] : [])].filter((it) => it > nowMs);
  const waits = idle && nowMs >= idle.dueMs ? [nextLookMs] : [];
  const recheckMs = Math.min(...ahead.map((it) => it - nowMs), ...waits);
  return { ...(warning && { warning }), recheckMs, ...(idle && { decideAtMs: idle.dueMs }), expiresAt };
}

function decides({ atMs, connected }: Activity, dueMs: number, nowMs: number): boolean {
  return connected === false && atMs >= dueMs && atMs <= nowMs && nowMs - atMs < freshLookMs;
}
