import type { AnyObject, ObjectKey } from "../../kube/client.ts";

/** The operator's finalizer on VDISessions (operator/api). */
export const sessionFinalizer = "vdi.kasm.io/session-cleanup";

export const sessionKind = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession" };

export interface DrainPlan {
  /** Sessions to delete: the operator then cleans up behind them. */
  readonly remove: readonly ObjectKey[];
  /** Sessions that nobody cleans up behind, with the finalizers that are to stay. */
  readonly release: readonly AnyObject[];
  /** What is left, as a sentence; undefined when nothing is. */
  readonly left?: string;
}

/**
 * What to do about the sessions that are there.
 *
 * @param isLate the operator had its time; whatever it has not cleaned up is left to garbage collection
 */
export function planDrain(sessions: readonly AnyObject[], isLate: boolean): DrainPlan {
  const ours = sessions.filter(({ metadata }) => metadata?.finalizers?.includes(sessionFinalizer));
  const names = sessions.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`).sort();
  const finalizers = [...new Set(sessions.flatMap(({ metadata }) => metadata?.finalizers ?? []))].sort();
  return {
    remove: sessions.filter(({ metadata }) => metadata?.deletionTimestamp === undefined).map(key),
    release: isLate
      ? ours.map((session) => ({
          ...sessionKind,
          metadata: {
            ...key(session).metadata,
            finalizers: (session.metadata?.finalizers ?? []).filter((finalizer) => finalizer !== sessionFinalizer),
          },
        }))
      : [],
    ...(sessions.length > 0 && {
      left:
        `${sessions.length} ${sessions.length === 1 ? "session is" : "sessions are"} not gone yet (${shortened(names)})` +
        (finalizers.length > 0 ? `, held by ${finalizers.join(", ")}` : ""),
    }),
  };
}

function key({ metadata }: AnyObject): ObjectKey {
  const { name = "", namespace } = metadata ?? {};
  return { ...sessionKind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

function shortened(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
