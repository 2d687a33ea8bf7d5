import type { V1Job } from "@kubernetes/client-node";
import { podProblems } from "../pod-problem.ts";
import { condition, conditionReason, ofKind } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import { podsOf } from "../selector.ts";
import type { Plain } from "../plain.ts";

/** Ready when complete; a failed Job stays failed, so the wait ends there. */
export const job: ReadinessRule = {
  related(live) {
    const { metadata, spec } = live as Plain<V1Job>;
    return podsOf(metadata?.namespace ?? "default", spec?.selector);
  },

  readiness(seen) {
    const { spec, status } = seen.live as Plain<V1Job>;
    const failed = condition(seen.live, "Failed");
    const problems = podProblems(ofKind(seen, "Pod"));
    if (failed?.status === "True")
      return { done: false, failed: [conditionReason(failed), ...problems].join("; "), reasons: problems };
    if (condition(seen.live, "Complete")?.status === "True") return { done: true, message: "Completed" };

    const counts = `active ${status?.active ?? 0}, succeeded ${status?.succeeded ?? 0}, failed ${status?.failed ?? 0}`;
    const step = spec?.suspend
      ? "Suspended"
      : status?.startTime
        ? "Waiting for Job to succeed"
        : "Waiting for Job to start";
    return {
      done: false,
      message: [`${step} (${counts})`, ...problems.slice(0, 1)].join("; "),
      reasons: [spec?.suspend ? "it is suspended (spec.suspend)" : `not complete (${counts})`, ...problems],
    };
  },
};
