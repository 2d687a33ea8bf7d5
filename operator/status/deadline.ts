import { durationMs } from "../api/time.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Moment } from "./moment.ts";
import { readyReasons } from "./reasons.ts";
import type { Finding } from "./reasons.ts";

const usualDeadline = "10m";

/**
 * The sentence of ProgressDeadlineExceeded; undefined while there is time. The time counts from when Reconciling became
 * true, which stands in the status, so a restart of the operator does not lengthen it. Once over it stays so until the
 * desktop is ready after all, or the spec is changed.
 */
export function deadlineMessage(
  { session, template }: SessionView,
  cause: Finding,
  moment: Moment,
): string | undefined {
  const course = readyReasons[cause.reason];
  if ((course !== "moving" && course !== "slow") || session.spec.desiredState === "Suspended") return undefined;
  const { conditions, observedGeneration } = session.status ?? {};
  const stalled = condition(conditions, "Stalled");
  const deadline = template?.spec.progressDeadline ?? usualDeadline;
  const wasOver = stalled?.reason === "ProgressDeadlineExceeded" && observedGeneration === session.metadata.generation;
  const since = condition(conditions, "Reconciling")?.lastTransitionTime ?? new Date(moment.ms).toISOString();
  if (!wasOver && !moment.isLaterThan(since, durationMs(deadline))) return undefined;
  return `The desktop is not ready after ${deadline}, the progressDeadline of VDITemplate ${session.spec.template}; the operator goes on trying. ${cause.message}`;
}
