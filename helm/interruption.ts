import { isDeepStrictEqual } from "node:util";
import type { Revision } from "./revision.ts";

/** What Helm was asked for. */
export interface Attempt {
  /** `create`: the state of the stack knows no such release. */
  readonly operation: "create" | "update";
  readonly chartVersion: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** How long Helm may wait for one of its hooks. */
  readonly timeoutSeconds: number;
}

/** What has to happen to a release before Helm takes it up again. */
export type Recovery =
  /** Nothing: an earlier interruption is not what Helm failed on. */
  | { readonly kind: "none" }
  /** Somebody may still be at work on it. */
  | { readonly kind: "wait"; readonly reason: string }
  /** Mark the revision as failed: from a failed one Helm goes on. */
  | { readonly kind: "mark-failed"; readonly description: string }
  /** It may be somebody else's. */
  | { readonly kind: "refuse"; readonly reason: string };

/**
 * What a Helm that was killed leaves behind: a revision that is pending for ever, over which Helm refuses each upgrade; or,
 * where only the engine was killed, a release that no state knows, over which it refuses each install.
 *
 * @param newest revision; undefined when there is none
 */
export function recoveryFrom(newest: Revision | undefined, attempt: Attempt, now: Date): Recovery {
  if (!newest) return { kind: "none" };
  if (isUnderway(newest)) {
    const until = mayWorkUntil(newest, attempt.timeoutSeconds);
    if (now < until) return { kind: "wait", reason: atWork(newest) };
  } else if (attempt.operation === "update" || newest.status !== "deployed") return { kind: "none" };
  if (attempt.operation === "create" && !isSame(newest, attempt))
    return { kind: "refuse", reason: unknownRelease(newest) };
  return { kind: "mark-failed", description: "Interrupted, and taken up again by kasm-vdi" };
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

function isSame({ chart, values }: Revision, attempt: Attempt): boolean {
  return chart.version === attempt.chartVersion && isDeepStrictEqual(values, attempt.values);
}

function atWork({ name, namespace, number, status, lastStep, runningHook }: Revision): string {
  const work = runningHook === undefined ? "" : `, at its hook ${runningHook}`;
  return (
    `Helm began with revision ${number} of release ${namespace}/${name} at ${lastStep.toISOString()} (${status}${work}) ` +
    `and may still be at work`
  );
}

function unknownRelease({ name, namespace, chart, number, status }: Revision): string {
  return (
    `Helm has a release ${namespace}/${name} already (${chart.name} ${chart.version}, revision ${number}, ${status}) that the ` +
    `stack does not know, and its chart or values are not those of the config. If an earlier \`pulumi up\` of this stack was ` +
    `interrupted, set the config back to what it was then and run \`pulumi up\` again. If it is another installation, choose ` +
    `another namespace, or remove it: helm uninstall ${name} --namespace ${namespace}`
  );
}
