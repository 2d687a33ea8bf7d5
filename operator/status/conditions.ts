import { cutAt } from "../../kube/untrusted-text.ts";
import type { Condition } from "../api/fields.ts";
import { apiTime } from "../api/time.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { Reason } from "./reasons.ts";

/** A condition without its times. */
export interface ConditionState {
  readonly type: "Ready" | "Reconciling" | "Stalled" | "PodScheduled" | "HomeBound" | "Routed" | "Active" | "Expiring";
  readonly status: Condition["status"];
  readonly reason: Reason;
  readonly message: string;
}

/** Far above any sentence of ours, and below what caches keep of a text: what is written is what is read back. */
export const mostMessageBytes = 4_096;

/** The conditions as they are written: one whose status is what it was keeps its lastTransitionTime. */
export function withTransitions(
  states: readonly Omit<Condition, "lastTransitionTime" | "observedGeneration">[],
  before: Condition[] | undefined,
  generation: number | undefined,
  now: Date,
): Condition[] {
  return states.map(({ type, status, reason, message }) => {
    const was = condition(before, type);
    return {
      type,
      status,
      ...(generation !== undefined && { observedGeneration: generation }),
      lastTransitionTime: was?.status === status ? was.lastTransitionTime : apiTime(now),
      reason,
      message: cutAt(message, mostMessageBytes),
    };
  });
}
