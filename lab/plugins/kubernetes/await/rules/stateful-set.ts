import type { V1StatefulSet } from "@kubernetes/client-node";
import { podProblems } from "../pod-problem.ts";
import { isObserved, ofKind } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import { podsOf } from "../selector.ts";
import type { Plain } from "../plain.ts";

/** Ready when every replica is ready and, unless the strategy is OnDelete, runs the newest revision above the partition. */
export const statefulSet: ReadinessRule = {
  related(live) {
    const { metadata, spec } = live as Plain<V1StatefulSet>;
    return podsOf(metadata?.namespace ?? "default", spec?.selector);
  },

  readiness(seen) {
    const { spec, status } = seen.live as Plain<V1StatefulSet>;
    if (!isObserved(seen.live)) return { done: false, message: "Waiting for the StatefulSet controller" };

    const wanted = spec?.replicas ?? 1;
    const ready = status?.readyReplicas ?? 0;
    const onDelete = spec?.updateStrategy?.type === "OnDelete";
    const isRolledOut = onDelete || status?.currentRevision === status?.updateRevision;
    const mustUpdate = Math.max(0, wanted - (spec?.updateStrategy?.rollingUpdate?.partition ?? 0));
    const updated = isRolledOut ? wanted : (status?.updatedReplicas ?? 0);
    const isWhole = status?.replicas === wanted && ready >= wanted;
    // With a partition the controller never advances currentRevision: counting updated Pods is all there is.
    if (isWhole && (isRolledOut || (mustUpdate < wanted && updated >= mustUpdate)))
      return { done: true, message: `${ready}/${wanted} Pods ready` };

    const problems = podProblems(ofKind(seen, "Pod"));
    const progress = isRolledOut
      ? `Waiting for StatefulSet to create Pods (${ready}/${wanted} Pods ready)`
      : `Waiting for StatefulSet update to roll out (${Math.min(ready, updated)}/${wanted} Pods ready)`;
    const stuck = isRolledOut
      ? []
      : [`${updated} of ${mustUpdate} Pods run the newest revision ${status?.updateRevision ?? ""}`.trim()];
    return {
      done: false,
      message: [progress, ...problems.slice(0, 1)].join("; "),
      reasons: [`${ready} of ${wanted} Pods are ready`, ...stuck, ...problems],
    };
  },
};
