import type { VDISession } from "../api/objects.ts";
import { apiTime } from "../api/time.ts";
import type { SessionView } from "../view/session-view.ts";
import { condition, idleClock, isUsable, lastSeen, storedRun } from "./idle-clock.ts";
import type { IdleClock, Run } from "./idle-clock.ts";

/** The condition `Active`, and `status.lastActivity` with it. */
export interface ActiveCondition {
  readonly status: "True" | "False" | "Unknown";
  /** IdleWarning: nobody is connected, and the event that warns of the action was written. */
  readonly reason: "Connected" | "Idle" | "IdleWarning" | "NotKnown";
  readonly message: string;
  readonly lastActivity?: string;
}

/**
 * Whether somebody is connected, for the status. Where this process has not looked yet, what was known before stands, so
 * that a restart of the operator writes nothing.
 *
 * @param now by the API server's clock
 * @param run what the status that is being made says; the stored one would lag behind and cost a second write
 */
export function activeCondition(
  view: Pick<SessionView, "session" | "activity">,
  now: Date,
  run: Run = storedRun(view.session),
): ActiveCondition {
  const { session, activity } = view;
  const before = condition(session.status?.conditions, "Active");
  const state = isUsable(session, run) ? used(view, now) : unused(run);
  const stands = state === undefined && before !== undefined && before.reason !== "NotKnown";
  const { status, reason, message } = stands
    ? { status: before.status, reason: before.reason as ActiveCondition["reason"], message: before.message }
    : (state ?? notKnown("Nobody has looked yet who is connected."));
  const seenMs = lastSeen(
    session,
    status === "Unknown" ? undefined : status === "True",
    activity?.atMs ?? now.getTime(),
  );
  return { status, reason, message, ...(seenMs !== undefined && { lastActivity: apiTime(seenMs) }) };
}

/** What people are told when the idle clock nears its end. */
export function idleNote({ spec }: VDISession, { sinceMs, dueMs }: IdleClock): string {
  const end = spec.idle?.action === "Delete" ? "the session is deleted" : "the desktop is suspended";
  return `Nobody has been connected since ${apiTime(sinceMs)}: ${end} at ${apiTime(dueMs)} unless somebody connects before.`;
}

type State = Omit<ActiveCondition, "lastActivity">;

/** undefined: not looked yet. */
function used({ session, activity }: Pick<SessionView, "session" | "activity">, now: Date): State | undefined {
  if (!session.spec.idle) return notKnown("Nobody looks who is connected, for spec.idle is not set.");
  if (activity?.connected === undefined) return activity && notKnown(activity.message);
  if (activity.connected) return { status: "True", reason: "Connected", message: "Somebody is connected." };
  const clock = idleClock(session, activity, now);
  if (clock && now.getTime() >= clock.warnMs)
    return { status: "False", reason: "IdleWarning", message: idleNote(session, clock) };
  return { status: "False", reason: "Idle", message: "Nobody is connected." };
}

function unused({ phase }: Run): State {
  return phase === "Suspended"
    ? { status: "False", reason: "Idle", message: "The desktop is suspended." }
    : notKnown("The desktop cannot be reached yet, or any more.");
}

function notKnown(message: string): State {
  return { status: "Unknown", reason: "NotKnown", message };
}
