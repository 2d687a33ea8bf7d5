import type { Pod } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { stuckPod } from "./termination.ts";

const setting = "kasm-vdi:operator.maxSessionsPerUser";

/** Its user has as many desktops as one may have, or gets them with sessions that are older. */
export function limitFinding(
  { session, oneTooMany, pod }: SessionView,
  evaluation: EvaluationTime,
): Finding | undefined {
  if (!oneTooMany || pod) return undefined;
  const { user } = session.spec;
  if (oneTooMany.pod) return leftFinding(user, oneTooMany.pod, evaluation);
  return {
    reason: "TooManySessions",
    message: `${user} may not have more desktops at once (${setting}): session ${oneTooMany.session.metadata.name} goes first. Suspend or delete a session of this user, and the next one in line goes on by itself.`,
  };
}

/** The session that it was of is gone, so that nobody has to do anything unless it does not end. */
function leftFinding(user: string, pod: Pod, evaluation: EvaluationTime): Finding {
  const stuck = stuckPod(pod, evaluation);
  const { name } = pod.metadata;
  const why = `Pod ${name} of a deleted session counts as one of ${user}'s desktops (${setting}) until it has ended.`;
  const then = "The desktop starts as soon as that pod has ended.";
  return stuck === undefined
    ? { reason: "Replacing", message: `${why} ${then}` }
    : { reason: "TerminatingStuck", message: `${why} ${stuck} ${then}` };
}
