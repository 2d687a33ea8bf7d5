import { isDeepStrictEqual } from "node:util";
import { cutAt } from "../../kube/untrusted-text.ts";
import type { VDISessionStatus } from "../api/vdi-session.ts";
import { apiTime } from "../api/time.ts";
import { activeCondition } from "../lifetime/active.ts";
import { expiringCondition, expiry } from "../lifetime/expiring.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { VDISession } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { secretNameOf } from "../resources/credentials.ts";
import { labels } from "../resources/labels.ts";
import { homeName, hostOf } from "../resources/names.ts";
import type { Settings } from "../settings.ts";
import type { SessionView } from "../view/session-view.ts";
import { causeOf } from "./cause.ts";
import { mostMessageBytes, withTransitions } from "./conditions.ts";
import type { ConditionState } from "./conditions.ts";
import { deadlineMessage } from "./deadline.ts";
import { EvaluationTime } from "./evaluation-time.ts";
import { partConditions } from "./part-conditions.ts";
import { readyReasons } from "./reasons.ts";
import type { Finding } from "./reasons.ts";

type StatusSettings = Pick<Settings, "domain" | "streamCheck" | "traefikUrl">;

/**
 * The status that a session ought to have. The same of the same: nothing in it moves with time alone but at the moments that
 * statusRecheckMs tells, and `session.status` in the view, the status before, keeps the times of what did not change.
 */
export function sessionStatus(view: SessionView, settings: StatusSettings, now: Date): VDISessionStatus {
  const evaluation = new EvaluationTime(now);
  const { session, pod } = view;
  const { generation } = session.metadata;
  const before = session.status ?? {};
  const cause = causeOf(view, settings, evaluation);
  const overdue = deadlineMessage(view, cause, evaluation);
  const parts = partConditions(view, cause, evaluation);
  const isRouted = parts.some(({ type, status }) => type === "Routed" && status === "True");
  const isReady = cause.reason === "Ready";
  const readyTime =
    isReady && condition(before.conditions, "Ready")?.status !== "True" ? apiTime(now) : before.readyTime;
  const startTime = (cause.reason === "Creating" || !pod ? undefined : startOf(pod, before, now)) ?? before.startTime;
  const phase = phaseOf(view, cause, overdue !== undefined);
  const expiring = expiringCondition(session, now);
  const { lastActivity, ...active } = activeCondition(view, now, { phase, ready: isReady });
  const states = [
    ...summary(cause, overdue),
    ...parts,
    { type: "Active" as const, ...active },
    ...(expiring ? [{ type: "Expiring" as const, ...expiring }] : []),
  ];
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    conditions: withTransitions(states, before.conditions, generation, now),
    ...(cause.reason !== "Creating" && pod && podFields(session, pod)),
    ...(session.spec.persistence.enabled && { homeClaimName: homeName(session.spec.user) }),
    ...(isRouted && { url: `https://${hostOf(session, settings.domain)}` }),
    ...(startTime !== undefined && { startTime }),
    ...(readyTime !== undefined && { readyTime }),
    expiresAt: apiTime(expiry(session, now).endMs),
    ...(before.restarts !== undefined && { restarts: before.restarts }),
    ...(lastActivity !== undefined && { lastActivity }),
    message: cutAt(overdue ?? cause.message, mostMessageBytes),
  };
}

/** Whether the status has to be written. The order of conditions says nothing: the API server keeps its own. */
export function statusChanged(before: VDISessionStatus | undefined, after: VDISessionStatus): boolean {
  return !isDeepStrictEqual(sorted(before ?? {}), sorted(after));
}

/** When the status can be another one by the mere passing of time, in milliseconds from now; undefined: never. */
export function statusRecheckMs(view: SessionView, now: Date): number | undefined {
  const evaluation = new EvaluationTime(now);
  // No setting decides about times, but that one look too many is made where the stream is not asked.
  const cause = causeOf(view, { domain: "", streamCheck: "direct", traefikUrl: undefined }, evaluation);
  deadlineMessage(view, cause, evaluation);
  partConditions(view, cause, evaluation);
  return evaluation.untilNextMs;
}

function phaseOf({ session, pod }: SessionView, { reason }: Finding, isOverdue: boolean): VDISessionStatus["phase"] {
  if (readyReasons[reason] === "ending") return "Terminating";
  if (session.spec.desiredState === "Suspended") return "Suspended";
  if (reason === "Ready") return "Running";
  if (isOverdue) return "Failed";
  return pod?.spec?.nodeName === undefined ? "Pending" : "Creating";
}

/** Ready, and what kstatus reads: Reconciling and Stalled are there only while they are true, and never both. */
function summary({ reason, message }: Finding, overdue: string | undefined): ConditionState[] {
  const ready: ConditionState = { type: "Ready", status: reason === "Ready" ? "True" : "False", reason, message };
  if (overdue !== undefined)
    return [ready, { type: "Stalled", status: "True", reason: "ProgressDeadlineExceeded", message: overdue }];
  const kind = readyReasons[reason];
  if (kind === "settled") return [ready];
  return [ready, { type: kind === "stuck" ? "Stalled" : "Reconciling", status: "True", reason, message }];
}

/** A pod from a pool started for this session when that took it: what was before has nothing to do with its user. */
function startOf({ metadata }: NonNullable<SessionView["pod"]>, before: VDISessionStatus, now: Date) {
  if (metadata.labels?.[labels.pool] === undefined) return metadata.creationTimestamp;
  return before.podName === metadata.name && before.startTime !== undefined ? before.startTime : apiTime(now);
}

function podFields(session: VDISession, pod: Pod): VDISessionStatus {
  const { metadata, spec } = pod;
  return {
    podName: metadata.name,
    ...(spec?.nodeName !== undefined && { nodeName: spec.nodeName }),
    credentialsSecretName: secretNameOf(session, pod),
    launch: metadata.labels?.[labels.pool] === undefined ? "Cold" : "Warm",
  };
}

function sorted(status: VDISessionStatus): VDISessionStatus {
  return { ...status, conditions: [...(status.conditions ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1)) };
}
