import type { V1Deployment } from "@kubernetes/client-node";
import { podProblems } from "../pod-problem.ts";
import { condition, conditionReason, isObserved, ofKind } from "../readiness.ts";
import type { Query, ReadinessRule } from "../readiness.ts";
import { podsOf } from "../selector.ts";
import { claimReasons } from "./claims.ts";
import type { Plain } from "../plain.ts";

/**
 * Ready when the newest revision runs in full: every replica updated, available, and none left of the old revision.
 * A passed progress deadline is told, not fatal: the controller goes on trying, and so does the wait.
 */
export const deployment: ReadinessRule = {
  related(live) {
    const { metadata, spec } = live as Plain<V1Deployment>;
    const namespace = metadata?.namespace ?? "default";
    const claims = (spec?.template.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }): Query[] =>
      persistentVolumeClaim
        ? [
            {
              key: {
                apiVersion: "v1",
                kind: "PersistentVolumeClaim",
                metadata: { name: persistentVolumeClaim.claimName, namespace },
              },
            },
          ]
        : [],
    );
    return [...claims, ...podsOf(namespace, spec?.selector)];
  },

  readiness(seen) {
    const { spec, status } = seen.live as Plain<V1Deployment>;
    if (!isObserved(seen.live)) return { done: false, message: "Waiting for the Deployment controller" };

    const wanted = spec?.replicas ?? 1;
    const updated = status?.updatedReplicas ?? 0;
    const old = Math.max(0, (status?.replicas ?? 0) - updated);
    // The status counts old and new Pods together: taking all old ones as available tells what the new ones surely have.
    const available = Math.max(0, Math.min((status?.availableReplicas ?? 0) - old, updated));
    const claims = wanted > 0 ? claimReasons(ofKind(seen, "PersistentVolumeClaim")) : [];
    if (updated >= wanted && available >= wanted && old === 0 && claims.length === 0)
      return { done: true, message: wanted === 0 ? "Scaled to 0 replicas" : `${available}/${wanted} Pods available` };

    const problems = podProblems(ofKind(seen, "Pod"));
    const progress =
      available < wanted
        ? `Waiting for app ReplicaSet to be available (${available}/${wanted} Pods available)`
        : old > 0
          ? `Waiting for ${old} Pods of the old ReplicaSet to end`
          : (claims[0] ?? "Waiting for PersistentVolumeClaims");
    const stalled = ["Progressing", "Available", "ReplicaFailure"]
      .map((type) => condition(seen.live, type))
      .filter((one) => one !== undefined)
      .filter(({ type, status: value }) => value === (type === "ReplicaFailure" ? "True" : "False"));
    return {
      done: false,
      message: [progress, ...problems.slice(0, 1)].join("; "),
      reasons: [
        `${available} of ${wanted} Pods of the newest revision are available${old > 0 ? `, ${old} old ones remain` : ""}`,
        ...stalled.map(conditionReason),
        ...claims,
        ...problems,
      ],
    };
  },
};
