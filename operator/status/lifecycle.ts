import { apiTime } from "../api/time.ts";
import { expiry } from "../lifetime/expiring.ts";
import type { SessionView } from "../view/session-view.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { keptSession, stuckFinding, stuckPod } from "./termination.ts";

/** A time to come that access is revoked until: a slip of the pen, or a clock that is ahead, looks like a start that hangs. */
export function revocationFinding({ session, pod }: SessionView, evaluation: EvaluationTime): Finding | undefined {
  const untilMs = Date.parse(session.spec.access?.revokedBefore ?? "");
  if (pod || Number.isNaN(untilMs) || evaluation.isLaterThan(apiTime(untilMs), 0)) return undefined;
  return {
    reason: "AccessRevoked",
    message: `The desktop is not started before ${apiTime(untilMs)}, for spec.access.revokedBefore shuts out all that begins earlier. Wait, or set an earlier time if that was not meant.`,
  };
}

/** What the session is meant to do other than run. */
export function lifecycleFinding(view: SessionView, evaluation: EvaluationTime): Finding | undefined {
  const { session, pod, home } = view;
  const { metadata, spec } = session;
  if (metadata.deletionTimestamp !== undefined)
    return {
      reason: "Terminating",
      message: [
        "The session is deleted: the desktop stops, and what belongs to it goes.",
        ...[stuckPod(pod, evaluation), keptSession(view)].filter((it) => it !== undefined),
      ].join(" "),
    };
  // Asked at every moment of a session's life, so that its end is looked at again in time.
  const { endMs } = expiry(session, new Date(evaluation.ms));
  if (evaluation.isLaterThan(new Date(endMs).toISOString(), 0) && view.timeDoubt === undefined)
    return {
      reason: "Expired",
      message: `The timeout of ${spec.timeout} is over, and the session is deleted. Create a new one to go on working.`,
    };
  if (spec.desiredState !== "Suspended") return undefined;
  const stuck = stuckFinding(view, evaluation);
  if (stuck) return stuck;
  return pod
    ? { reason: "Suspending", message: "The desktop is being stopped, as spec.desiredState says." }
    : {
        reason: "Suspended",
        message:
          `The desktop is stopped${spec.persistence.enabled ? `, and its home volume is ${homeEnd(home)}` : ""}. ` +
          "Set spec.desiredState to Running, or open its address, to go on.",
      };
}

function homeEnd(home: SessionView["home"]): string {
  return home?.metadata.deletionTimestamp === undefined ? "kept" : "being deleted";
}
