import type { AnyObject } from "../../../../kube/client.ts";
import { ruleForKind } from "./rules/table.ts";
import { waitForRule } from "./rules/wait-for.ts";
import type { ReadinessRule } from "./readiness.ts";

/** Ten minutes for every kind, as in the official provider. */
const defaultTimeoutSeconds = 600;

/** Kinds whose deletion is not awaited either when `pulumi.com/skipAwait` is set, as in the official provider. */
const skipDeletionKinds = new Set([
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
]);

export function annotation(object: AnyObject, name: string): string | undefined {
  return object.metadata?.annotations?.[name];
}

export function skipsAwait(inputs: AnyObject): boolean {
  return annotation(inputs, "pulumi.com/skipAwait")?.toLowerCase() === "true";
}

export function skipsDeletionAwait(inputs: AnyObject): boolean {
  return skipsAwait(inputs) && skipDeletionKinds.has(`${inputs.apiVersion ?? ""}/${inputs.kind ?? ""}`);
}

/** Seconds to wait: the resource option customTimeouts (0 = not set) wins over the annotation, that over ten minutes. */
export function timeoutSeconds(customTimeoutSeconds: number, inputs: AnyObject): number {
  if (customTimeoutSeconds > 0) return customTimeoutSeconds;
  const text = annotation(inputs, "pulumi.com/timeoutSeconds") ?? "";
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : defaultTimeoutSeconds;
}

/** How to wait for this object; undefined = not at all. Throws on an unreadable `pulumi.com/waitFor`. */
export function ruleFor(live: AnyObject, inputs: AnyObject): ReadinessRule | undefined {
  if (skipsAwait(inputs)) return undefined;
  const waitFor = annotation(inputs, "pulumi.com/waitFor");
  return waitFor ? waitForRule(waitFor) : ruleForKind(live);
}
