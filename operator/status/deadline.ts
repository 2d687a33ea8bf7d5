import { durationMs } from "../api/time.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { SessionView } from "../view/session-view.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
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
  evaluation: EvaluationTime,
): string | undefined {
  const kind = readyReasons[cause.reason];
  if ((kind !== "moving" && kind !== "slow") || session.spec.desiredState === "Suspended") return undefined;
  const { conditions, observedGeneration } = session.status ?? {};
  const stalled = condition(conditions, "Stalled");
  const deadline = template?.spec.progressDeadline ?? usualDeadline;
  const wasOver = stalled?.reason === "ProgressDeadlineExceeded" && observedGeneration === session.metadata.generation;
  const since = condition(conditions, "Reconciling")?.lastTransitionTime ?? new Date(evaluation.ms).toISOString();
  if (!wasOver && !evaluation.isLaterThan(since, durationMs(deadline))) return undefined;
  return `The desktop is not ready after ${deadline}, the progressDeadline of VDITemplate ${session.spec.template}; the operator goes on trying. ${cause.message}`;
}
