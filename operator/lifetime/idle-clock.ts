import type { Condition } from "../api/fields.ts";
import type { VDISession } from "../api/objects.ts";
import { durationMs } from "../api/time.ts";
import type { VDISessionStatus } from "../api/vdi-session.ts";
import type { Activity } from "../view/session-view.ts";

/** When an unused desktop is warned about and when it is acted on, milliseconds since 1970. */
export interface IdleClock {
  /** Since then nobody was seen. */
  readonly sinceMs: number;
  readonly warnMs: number;
  readonly dueMs: number;
}

/**
 * The clock of a desktop that nobody is connected to. It runs only while the desktop could be used and the last look
 * found nobody; undefined otherwise. The warning stands for the whole of `warnBefore`: where looks began only later, after
 * the operator was away or could not see, the action moves.
 *
 * @param now by the API server's clock
 */
export function idleClock(session: VDISession, activity: Activity | undefined, now: Date): IdleClock | undefined {
  const { idle } = session.spec;
  if (!idle || activity?.connected !== false || !isUsable(session, storedRun(session))) return undefined;
  const sinceMs = nobodySince(session, activity, now.getTime());
  const warnBeforeMs = durationMs(idle.warnBefore);
  const dueMs = Math.max(sinceMs + durationMs(idle.after), (activity.sinceMs ?? activity.atMs) + warnBeforeMs);
  return { sinceMs, warnMs: dueMs - warnBeforeMs, dueMs };
}

/** What a status says about a session's desktop. */
export interface Run {
  readonly phase: VDISessionStatus["phase"];
  readonly ready: boolean;
}

/** As it stands in the API server. */
export function storedRun({ status }: VDISession): Run {
  return { phase: status?.phase, ready: condition(status?.conditions, "Ready")?.status === "True" };
}

/** Whether somebody could be connected: the desktop runs and is reachable, and nobody wants it to stop. */
export function isUsable({ metadata, spec }: VDISession, { phase, ready }: Run): boolean {
  return metadata.deletionTimestamp === undefined && spec.desiredState === "Running" && phase === "Running" && ready;
}

/**
 * What `status.lastActivity` has to say after a look. While somebody stays connected it does not move: it would be a write
 * for each look. It moves when they are first not seen any more, be it that they left or that the look failed.
 */
export function lastSeen({ status }: VDISession, connected: boolean | undefined, atMs: number): number | undefined {
  const wasConnected = condition(status?.conditions, "Active")?.status === "True";
  const isConnected = connected === true;
  const known = milliseconds(status?.lastActivity);
  const moves = wasConnected !== isConnected || (isConnected && known === undefined);
  // In whole seconds, as the status will hold it: the clock must not move when it is read from there.
  return moves ? Math.floor(atMs / 1000) * 1000 : known;
}

export function condition(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((it) => it.type === type);
}

/** Somebody who came before the desktop was last started does not count for this run of it. */
function nobodySince(session: VDISession, activity: Activity, nowMs: number): number {
  const seen = latest(lastSeen(session, activity.connected, activity.atMs), saidPresent(session, nowMs));
  const started = milliseconds(session.status?.startTime) ?? milliseconds(session.metadata.creationTimestamp);
  if (seen !== undefined && seen >= (started ?? 0)) return seen;
  return milliseconds(session.status?.readyTime) ?? started ?? activity.atMs;
}

// Who says to be there writes it by a clock of their own: as far as Kerberos lets clocks differ.
const mostAheadMs = 300_000;

/** When its user said to be there. Nobody says so for a time to come: that would switch the idle time off. */
function saidPresent({ spec }: VDISession, nowMs: number): number | undefined {
  const atMs = milliseconds(spec.idle?.presentAt);
  return atMs !== undefined && atMs <= nowMs + mostAheadMs ? atMs : undefined;
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
