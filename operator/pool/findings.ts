import { quotedPull } from "../../analyzers/images/pull-words.ts";
import { durationMs } from "../api/time.ts";
import type { Pod } from "../kinds.ts";
import type { Refusal } from "../view/session-view.ts";
import type { EvaluationTime } from "../status/evaluation-time.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { PoolPods } from "./pool-pods.ts";
import { scheduleProblem } from "./schedule.ts";
import type { PoolView } from "./view.ts";

/** `stuck` needs somebody who changes something; `moving` goes on by itself. */
const reasonKinds = {
  TemplateMissing: "stuck",
  TemplateInvalid: "stuck",
  QuotaExceeded: "stuck",
  PodSecurityRefused: "stuck",
  WriteRefused: "stuck",
  TimeZoneUnknown: "stuck",
  DesktopsFail: "stuck",
  ProgressDeadlineExceeded: "stuck",
  Unschedulable: "moving",
  Replacing: "moving",
  Filling: "moving",
  Ready: "settled",
} as const;

export type PoolReason = keyof typeof reasonKinds;
export const poolReasons = Object.keys(reasonKinds) as PoolReason[];

export function reasonKindOf(reason: PoolReason): (typeof reasonKinds)[PoolReason] {
  return reasonKinds[reason];
}

/** What is the case, and what to do about it. */
export interface PoolFinding {
  readonly reason: PoolReason;
  readonly message: string;
}

/** The one that the others follow from. */
export function poolFinding(view: PoolView, pods: PoolPods, desired: number, evaluation: EvaluationTime): PoolFinding {
  const late = overdue(view, pods, evaluation);
  return (
    templateFinding(view) ??
    (pods.ready.length < desired ? (refusalFinding(view.refusals) ?? failing(pods)) : undefined) ??
    zoneFinding(view) ??
    late ??
    (pods.unplaced[0] && unplaced(pods.unplaced[0], pods)) ??
    progress(pods, desired)
  );
}

function templateFinding({ pool, template, templateFault }: PoolView): PoolFinding | undefined {
  const { template: name } = pool.spec;
  if (!template)
    return {
      reason: "TemplateMissing",
      message: `There is no VDITemplate ${name}, so that no desktops are made. Create it, or delete the pool; it goes on by itself.`,
    };
  if (templateFault === undefined) return undefined;
  return { reason: "TemplateInvalid", message: `No desktops are made: VDITemplate ${name}: ${templateFault}.` };
}

function zoneFinding({ pool }: PoolView): PoolFinding | undefined {
  const problem = scheduleProblem(pool.spec);
  return problem === undefined ? undefined : { reason: "TimeZoneUnknown", message: `${problem}.` };
}

function refusalFinding(refusals: readonly Refusal[]): PoolFinding | undefined {
  const [first] = refusals;
  if (!first) return undefined;
  const { kind, why, message } = first;
  const said = quoted(message);
  if (why === "Quota")
    return {
      reason: "QuotaExceeded",
      message: `A ResourceQuota does not let the pool have another ${kind}: ${said}. Make the pool smaller, or have the quota raised; the pool goes on by itself.`,
    };
  if (why === "Forbidden" && /violates PodSecurity/.test(message))
    return {
      reason: "PodSecurityRefused",
      message: `The namespace's Pod Security level refuses the desktops: ${said}. Choose a stricter spec.securityProfile in the template, or relax the level of the namespace.`,
    };
  return {
    reason: "WriteRefused",
    message: `The API server does not take a ${kind} of the pool: ${said}. Correct what it names, in the template or in the operator's rights.`,
  };
}

function failing({ failed }: PoolPods): PoolFinding | undefined {
  const last = failed.at(-1);
  if (!last) return undefined;
  const { reason = "", message = "" } = last.status ?? {};
  const why = quoted([reason, message].filter((it) => it !== "").join(": "));
  return {
    reason: "DesktopsFail",
    message: `${counted(failed.length, "desktop")} ended before a session took one, the last one was ${last.metadata.name}${why === "" ? "" : ` (${why})`}. Look at \`kubectl describe pod ${last.metadata.name}\`; the pool tries again, more slowly each time.`,
  };
}

function overdue({ template }: PoolView, { starting }: PoolPods, evaluation: EvaluationTime): PoolFinding | undefined {
  const [oldest] = starting;
  if (!oldest || !template) return undefined;
  const { progressDeadline } = template.spec;
  if (!evaluation.isLaterThan(unreadySince(oldest), durationMs(progressDeadline))) return undefined;
  const why = waitsFor(oldest);
  return {
    reason: "ProgressDeadlineExceeded",
    message: `Desktop ${oldest.metadata.name} is not ready after the template's progressDeadline (${progressDeadline})${why === undefined ? "" : `: ${why}`}. Look at \`kubectl describe pod ${oldest.metadata.name}\`.`,
  };
}

/** A desktop that was ready before has its whole time to become so again. */
function unreadySince({ metadata, status }: Pod): string | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? metadata.creationTimestamp;
}

function unplaced(pod: Pod, { unplaced }: PoolPods): PoolFinding {
  return {
    reason: "Unschedulable",
    message: `The scheduler finds no node for ${counted(unplaced.length, "desktop")}: ${waitsFor(pod) ?? "it does not say why"}. Make the pool smaller, or add nodes; no more are made until then.`,
  };
}

function progress({ ready, outdated }: PoolPods, desired: number): PoolFinding {
  if (outdated.length > 0)
    return {
      reason: "Replacing",
      message: `${counted(outdated.length, "desktop")} of what the template was before ${outdated.length === 1 ? "is" : "are"} being replaced.`,
    };
  if (ready.length < desired)
    return { reason: "Filling", message: `${ready.length} of ${counted(desired, "desktop")} are ready.` };
  return { reason: "Ready", message: desired === 0 ? "No desktops are wanted now." : "All desktops are ready." };
}

/** What scheduler or kubelet say that a pod waits for. */
function waitsFor({ status }: Pod): string | undefined {
  const placing = status?.conditions?.find((it) => it.type === "PodScheduled" && it.status === "False");
  if (placing?.message) return quoted(placing.message);
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  if (!waiting) return undefined;
  const { reason = "", message = "" } = waiting;
  const said = reason.includes("Image") ? quotedPull(message) : quoted(message);
  return [reason, said].filter((it) => it !== "").join(": ") || undefined;
}
