import type { VDISession } from "../../../operator/api/objects.ts";
import type { Activity } from "../../../operator/view/session-view.ts";

export const minute = 60_000;
export const hour = 60 * minute;

/** When the session of these tests was created; it was ready one minute later. */
export const createdMs = Date.UTC(2026, 0, 1, 8);

/** A time so long after the session was created. */
export const after = (ms: number) => new Date(createdMs + ms);

/** A session that runs, is ready and stops when nobody was there for half an hour. */
export function runningSession(
  change: { spec?: Partial<VDISession["spec"]>; status?: Partial<NonNullable<VDISession["status"]>> } = {},
): VDISession {
  const persistence = { enabled: true, size: "10Gi", reclaim: "Retain" } as const;
  return {
    metadata: { name: "alice", uid: "1", creationTimestamp: "2026-01-01T08:00:00Z" },
    spec: {
      ...{ user: "alice@example.com", template: "ubuntu", desiredState: "Running", persistence, timeout: "8h" },
      idle: { after: "30m", action: "Suspend", warnBefore: "5m" },
      ...change.spec,
    },
    status: {
      phase: "Running",
      startTime: "2026-01-01T08:00:00Z",
      readyTime: "2026-01-01T08:01:00Z",
      conditions: [conditionOf("Ready", "True", "Ready")],
      ...change.status,
    },
  };
}

export function conditionOf(type: string, status: "True" | "False" | "Unknown", reason: string) {
  return { type, status, reason, message: "", lastTransitionTime: "2026-01-01T08:01:00Z" };
}

/** A look so long after the session was created. Looks began with the session. */
export function look(ms: number, connected: boolean | undefined): Activity {
  return { atMs: createdMs + ms, sinceMs: createdMs, connected, message: "the metrics page answered 503" };
}
