import type { Condition } from "../api/fields.ts";
import { apiTime } from "../api/time.ts";
import { condition } from "../lifetime/idle-clock.ts";
import type { Reason } from "./reasons.ts";

/** A condition without its times. */
export interface StateOf<Type extends string, ReasonOf extends string> {
  readonly type: Type;
  readonly status: Condition["status"];
  readonly reason: ReasonOf;
  readonly message: string;
}

/** A condition of a session. */
export type ConditionState = StateOf<
  "Ready" | "Reconciling" | "Stalled" | "PodScheduled" | "HomeBound" | "Routed" | "Active" | "Expiring",
  Reason
>;

/** The conditions as they are written: one whose status is what it was keeps its lastTransitionTime. */
export function withTransitions(
  states: readonly StateOf<string, string>[],
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
      message,
    };
  });
}
