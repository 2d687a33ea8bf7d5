import type { VDISessionStatus } from "../api/vdi-session.ts";
import { condition } from "../lifetime/idle-clock.ts";
import { readyReasons } from "./reasons.ts";
import type { Reason, ReadyReason } from "./reasons.ts";

/** What an event says of a session's new state, apart from whom it is about. */
export interface TransitionEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  readonly note: string;
}

/**
 * What people are told of a status that has changed: that a desktop starts, is ready, suspended or at its end, and what is
 * in its way. One event for each transition at most, none while the reason stays; a start on which nothing goes wrong has
 * two, `Starting` and `Ready`.
 */
export function transitionEvents(before: VDISessionStatus | undefined, after: VDISessionStatus): TransitionEvent[] {
  const overdue = condition(after.conditions, "Stalled");
  const wasOverdue = condition(before?.conditions, "Stalled")?.reason === "ProgressDeadlineExceeded";
  if (overdue?.reason === "ProgressDeadlineExceeded" && !wasOverdue)
    return [{ type: "Warning", reason: "ProgressDeadlineExceeded", note: overdue.message }];
  const ready = condition(after.conditions, "Ready");
  if (!ready || !isReadyReason(ready.reason)) return [];
  const { reason, message } = ready;
  const was = condition(before?.conditions, "Ready")?.reason;
  if (reason === was || isStep(reason, was)) return [];
  const kind = readyReasons[reason];
  return [{ type: kind === "slow" || kind === "stuck" ? "Warning" : "Normal", reason, note: message }];
}

/** Steps on the way are for who looks at the status. An image that has been pulled does not make a second start. */
function isStep(reason: ReadyReason, was: string | undefined): boolean {
  return (
    readyReasons[reason] === "moving" && reason !== "Replacing" && (reason !== "Starting" || was === "PullingImage")
  );
}

function isReadyReason(reason: string): reason is ReadyReason {
  return Object.hasOwn(readyReasons, reason);
}
