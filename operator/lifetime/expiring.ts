import type { VDISession } from "../api/objects.ts";
import { apiTime, durationMs } from "../api/time.ts";

const longestWarningMs = 10 * 60_000;

/** When a session's timeout is warned about and when it ends the session, milliseconds since 1970. */
export interface Expiry {
  readonly warnMs: number;
  readonly endMs: number;
}

/** The timeout counts from the session's creation, whatever becomes of its desktop meanwhile. */
export function expiry({ metadata, spec }: VDISession, now: Date): Expiry {
  const timeoutMs = durationMs(spec.timeout);
  // Only an object that is not stored yet has no creation time.
  const createdMs = metadata.creationTimestamp === undefined ? now.getTime() : Date.parse(metadata.creationTimestamp);
  const endMs = createdMs + timeoutMs;
  return { warnMs: endMs - Math.min(longestWarningMs, timeoutMs / 10), endMs };
}

/** The condition `Expiring`; its presence keeps that the warning was said. */
export interface ExpiringCondition {
  readonly status: "True";
  readonly reason: "TimeoutWarning";
  readonly message: string;
}

/** There only while the session's end by timeout is near. */
export function expiringCondition(session: VDISession, now: Date): ExpiringCondition | undefined {
  const { warnMs, endMs } = expiry(session, now);
  if (now.getTime() < warnMs) return undefined;
  return { status: "True", reason: "TimeoutWarning", message: timeoutNote(session, endMs) };
}

export function timeoutNote({ spec }: VDISession, endMs: number): string {
  const home = !spec.persistence.enabled
    ? "the desktop has no home volume: save your work elsewhere"
    : spec.persistence.reclaim === "Delete"
      ? "the home volume is deleted with it: save your work elsewhere"
      : "the home volume is kept: save your work there";
  return `The session ends at ${apiTime(endMs)} after its timeout of ${spec.timeout}; ${home}, or have spec.timeout raised.`;
}
