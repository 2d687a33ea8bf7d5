import { homeName } from "../resources/names.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { SessionView } from "../view/session-view.ts";
import type { ConditionState } from "./conditions.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import { readyReasons } from "./reasons.ts";
import type { Finding } from "./reasons.ts";
import { schedulingFinding } from "./scheduling.ts";
import { homeAwaited, homeFinding } from "./storage.ts";

/**
 * The conditions of the session's parts. While a start has just begun, or all goes, they stay what they were: the steps
 * follow each other within a moment, and each would be a write of the status.
 */
export function partConditions(view: SessionView, cause: Finding, evaluation: EvaluationTime): ConditionState[] {
  const holds = cause.reason === "Creating" || readyReasons[cause.reason] === "ending";
  return [
    ...(cause.reason === "Creating" ? [] : podScheduled(view)),
    ...(view.session.spec.persistence.enabled ? [homeBound(view, holds, evaluation)] : []),
    routed(view, cause, holds),
  ];
}

function podScheduled(view: SessionView): ConditionState[] {
  const { pod } = view;
  if (!pod) return [];
  const problem = schedulingFinding(view);
  if (problem) return [{ type: "PodScheduled", status: "False", ...problem }];
  const message = `Pod ${pod.metadata.name} is on node ${pod.spec?.nodeName ?? ""}.`;
  return [{ type: "PodScheduled", status: "True", reason: "Scheduled", message }];
}

function homeBound(view: SessionView, holds: boolean, evaluation: EvaluationTime): ConditionState {
  const name = view.home?.metadata.name ?? homeName(view.session.spec.user);
  const problem = homeFinding(view, evaluation);
  if (holds && (problem === undefined || problem.reason === "HomeProvisioning"))
    return held(view, {
      type: "HomeBound",
      status: "False",
      reason: "HomeProvisioning",
      message: homeAwaited(name),
    });
  return problem
    ? { type: "HomeBound", status: "False", ...problem }
    : { type: "HomeBound", status: "True", reason: "Bound", message: `The home volume ${name} is bound.` };
}

function routed(view: SessionView, cause: Finding, holds: boolean): ConditionState {
  const pending: ConditionState = {
    type: "Routed",
    status: "False",
    reason: "RoutePending",
    message: "The address gets its route when the desktop is made.",
  };
  if (holds) return held(view, pending);
  if (cause.reason === "RouteKindMissing" || cause.reason === "RouteMissing")
    return { type: "Routed", status: "False", ...cause };
  if (!view.route || !view.service) return pending;
  return { type: "Routed", status: "True", reason: "Routed", message: "The address leads to the desktop." };
}

function held({ session }: SessionView, otherwise: ConditionState): ConditionState {
  const { status, reason, message } = condition(session.status?.conditions, otherwise.type) ?? otherwise;
  return { type: otherwise.type, status, reason: reason as ConditionState["reason"], message };
}
