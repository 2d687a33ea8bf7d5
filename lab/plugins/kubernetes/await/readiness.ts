import type { AnyObject, ObjectKey } from "../../../../kube/client.ts";

/** What a rule makes of one look at the cluster. `failed` ends the wait: more time would not help. */
export interface Readiness {
  done: boolean;
  /** Progress for the engine's info column: one line. */
  message?: string;
  /** What is not ready and why, for the error at a timeout. */
  reasons?: string[];
  failed?: string;
  /** Ready, but people should know this. */
  warning?: string;
}

export interface Observation {
  live: AnyObject;
  operation: "create" | "update";
  /** Seconds since the wait began. */
  waitedSeconds: number;
  /** What the rule's queries found. */
  related: AnyObject[];
}

/** Objects that a rule wants to see beside the awaited one: one by name, or all that a selector matches. */
export type Query =
  | { key: ObjectKey; explains?: boolean }
  | { apiVersion: string; kind: string; namespace?: string; labelSelector: string; explains?: boolean };

/** How one kind becomes ready. Both functions are pure. A query that only `explains` is asked seldom and may fail. */
export interface ReadinessRule {
  related?(live: AnyObject): Query[];
  readiness(seen: Observation): Readiness;
}

/** "Deployment kasm/api", as people write it. */
export function objectName(object: Pick<AnyObject, "kind" | "metadata">): string {
  const namespace = object.metadata?.namespace;
  return `${object.kind ?? "object"} ${namespace ? `${namespace}/` : ""}${object.metadata?.name ?? ""}`;
}

export function ofKind(seen: Observation, kind: string): AnyObject[] {
  return seen.related.filter((object) => object.kind === kind);
}

/** False while the controller has not yet looked at the newest spec: its status still tells of the old one. */
export function isObserved(live: AnyObject): boolean {
  const status = live["status"] as { observedGeneration?: number } | undefined;
  return (status?.observedGeneration ?? 0) >= (live.metadata?.generation ?? 0);
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

export function condition(object: AnyObject, type: string): Condition | undefined {
  const status = object["status"] as { conditions?: Condition[] } | undefined;
  return status?.conditions?.find((one) => one.type.toLowerCase() === type.toLowerCase());
}

/** A condition as a reason: "[ProgressDeadlineExceeded] ReplicaSet ... has timed out progressing." */
export function conditionReason({ type, reason, message }: Condition): string {
  return `[${reason ?? type}] ${message ?? ""}`.trim();
}
