import type { V1DaemonSet } from "@kubernetes/client-node";
import { podProblems } from "../pod-problem.ts";
import { isObserved, ofKind } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import { podsOf } from "../selector.ts";
import type { Plain } from "../plain.ts";

/** Ready when every node that should run it does so, updated and available. No matching node is ready too. */
export const daemonSet: ReadinessRule = {
  related(live) {
    const { metadata, spec } = live as Plain<V1DaemonSet>;
    return podsOf(metadata?.namespace ?? "default", spec?.selector);
  },

  readiness(seen) {
    const { status } = seen.live as Plain<V1DaemonSet>;
    if (!isObserved(seen.live) || !status) return { done: false, message: "Waiting for the DaemonSet controller" };

    const wanted = status.desiredNumberScheduled;
    const updated = status.updatedNumberScheduled ?? 0;
    const available = status.numberAvailable ?? 0;
    const ready = Math.min(status.numberReady, available, updated);
    if (ready >= wanted && status.currentNumberScheduled >= wanted)
      return { done: true, message: `${ready}/${wanted} nodes run it` };

    const problems = podProblems(ofKind(seen, "Pod"));
    return {
      done: false,
      message: [`Waiting for DaemonSet Pods (${ready}/${wanted} nodes ready)`, ...problems.slice(0, 1)].join("; "),
      reasons: [`${ready} of ${wanted} nodes run it ready (${updated} updated, ${available} available)`, ...problems],
    };
  },
};
