import type { Revision } from "./revision.ts";

/**
 * What is to be done about a revision that Helm has not brought to its end: until it is certain that no Helm works on it any
 * more, wait; then mark it as failed. Over a pending one Helm refuses each upgrade for ever, from a failed one it goes on.
 */
export type Interruption = { readonly kind: "wait"; readonly reason: string } | { readonly kind: "mark-failed" };

/**
 * The interruption of Helm that a revision shows; undefined when it shows none.
 *
 * @param timeoutSeconds how long Helm was told to wait for each of its hooks
 */
export function interruptionOf(revision: Revision, timeoutSeconds: number, now: Date): Interruption | undefined {
  if (!isUnderway(revision)) return undefined;
  if (now >= mayWorkUntil(revision, timeoutSeconds)) return { kind: "mark-failed" };
  const { name, namespace, number, status, lastStep, runningHook } = revision;
  const work = runningHook === undefined ? "" : `, at its hook ${runningHook}`;
  const since = `since ${lastStep.toISOString()}`;
  return {
    kind: "wait",
    reason: `Helm may be at work on revision ${number} of release ${namespace}/${name} (${status} ${since}${work})`,
  };
}

/** Whether Helm works on the release, or was killed at it. */
export function isUnderway({ status }: Revision): boolean {
  return status.startsWith("pending-") || status === "uninstalling";
}

/**
 * When a Helm that works on an underway revision is through for certain. It waits for nothing but its hooks, each at most
 * `timeoutSeconds`, and writes down when it begins with one; the rest is a matter of seconds.
 */
export function mayWorkUntil({ lastStep, runningHook }: Revision, timeoutSeconds: number): Date {
  const seconds = graceSeconds + (runningHook === undefined ? 0 : timeoutSeconds);
  return new Date(lastStep.getTime() + seconds * 1000);
}

const graceSeconds = 60;
