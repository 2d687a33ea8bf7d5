import { isDeepStrictEqual } from "node:util";
import type { VDIPoolStatus } from "../api/vdi-pool.ts";
import { poolSelector } from "../resources/labels.ts";
import type { Settings } from "../settings.ts";
import { withTransitions } from "../status/conditions.ts";
import { EvaluationTime } from "../status/evaluation-time.ts";
import { reasonKindOf, poolFinding } from "./findings.ts";
import { poolPods, warmPodHash } from "./pool-pods.ts";
import { desiredSize } from "./size.ts";
import type { PoolView } from "./view.ts";

/**
 * The status that a pool ought to have; recheckMs: when it can be another one by the mere passing of time. Of the
 * conditions Reconciling and Stalled are there only while they are true, as kstatus reads them.
 */
export function poolStatus(
  view: PoolView,
  settings: Pick<Settings, "pullSecret">,
  now: Date,
): { status: VDIPoolStatus; recheckMs: number | undefined } {
  const { pool, template, templateFault } = view;
  const { generation } = pool.metadata;
  const usable = templateFault === undefined ? template : undefined;
  const pods = poolPods(view.pods, usable && warmPodHash(usable, settings));
  const { desired } = desiredSize(pool, now, view.recentStarts);
  const evaluation = new EvaluationTime(now);
  const { reason, message } = poolFinding(view, pods, desired, evaluation);
  const kind = reasonKindOf(reason);
  const ready = { type: "Ready", status: kind === "settled" ? "True" : "False", reason, message } as const;
  const type = kind === "stuck" ? "Stalled" : "Reconciling";
  const states = kind === "settled" ? [ready] : [ready, { type, status: "True", reason, message } as const];
  const status: VDIPoolStatus = {
    ...(generation !== undefined && { observedGeneration: generation }),
    replicas: pods.ready.length + pods.starting.length + pods.outdated.length,
    readyReplicas: usable ? pods.ready.length : 0,
    desiredReplicas: desired,
    selector: poolSelector(pool),
    conditions: withTransitions(states, pool.status?.conditions, generation, now),
  };
  return { status, recheckMs: evaluation.untilNextMs };
}

/** Whether the status has to be written. The order of conditions says nothing: the API server keeps its own. */
export function poolStatusChanged(before: VDIPoolStatus | undefined, after: VDIPoolStatus): boolean {
  return !isDeepStrictEqual(sorted(before ?? {}), sorted(after));
}

/** Trouble, and its end, or that old desktops are replaced. Sessions that take desktops are no news: they tell of it themselves. */
export function poolEvents(before: VDIPoolStatus | undefined, after: VDIPoolStatus) {
  const [was, is] = [before, after].map((it) => it?.conditions?.find(({ type }) => type === "Ready"));
  if (!is || is.reason === was?.reason) return [];
  const isStalled = (status: VDIPoolStatus | undefined) =>
    status?.conditions?.some(({ type }) => type === "Stalled") ?? false;
  const { reason, message: note } = is;
  if (isStalled(after) || reason === "Unschedulable") return [{ type: "Warning" as const, reason, note }];
  const isNews = reason === "Replacing" || was?.reason === "Replacing" || isStalled(before);
  return isNews ? [{ type: "Normal" as const, reason, note }] : [];
}

function sorted(status: VDIPoolStatus): VDIPoolStatus {
  return { ...status, conditions: [...(status.conditions ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1)) };
}
