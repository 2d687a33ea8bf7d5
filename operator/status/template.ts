import type { SessionView } from "../view/session-view.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";

/** Session and template are often created together, and come by watches of their own. */
const togetherMs = 3_000;

/** Why a desktop cannot be made from its template. One that exists does not need the template any more. */
export function templateFinding(
  { session, template, templateProblem, pod }: SessionView,
  evaluation: EvaluationTime,
): Finding | undefined {
  if (pod || (!template && !evaluation.isLaterThan(session.metadata.creationTimestamp, togetherMs))) return undefined;
  const name = session.spec.template;
  if (!template)
    return {
      reason: "TemplateMissing",
      message: `VDITemplate ${name} does not exist. Create it, and the session goes on by itself; or delete the session and create one with a template that \`kubectl get vditemplates\` lists.`,
    };
  return (
    templateProblem && {
      reason: templateProblem.reason,
      message: `${templateProblem.message.replace(/\.$/, "")}. The session goes on by itself when that is changed.`,
    }
  );
}
