import type { VDISession } from "../api/objects.ts";

/** What decides who has a user's home: the sessions of the user, and which of them have a pod that may have it mounted, or get one. */
export interface HomeSharers {
  readonly session: VDISession;
  /** The user's other sessions. */
  readonly others: readonly VDISession[];
  readonly hasPod: (session: VDISession) => boolean;
}

/**
 * The other session that has the user's home, so that this one has to wait; undefined when this one may have it. Who has a
 * pod has the home; of those without one the oldest that can start.
 */
export function homeHolder({ session, others, hasPod }: HomeSharers): VDISession | undefined {
  if (!session.spec.persistence.enabled || hasPod(session)) return undefined;
  const sharers = others.filter((it) => it.spec.persistence.enabled);
  return (
    sharers.find(hasPod) ??
    sharers
      .filter(wantsToStart)
      .sort(byAge)
      .find((it) => byAge(it, session) < 0)
  );
}

/** Who only waits for the home takes it as soon as it is free: did they not count, all who wait would take it at once. */
function wantsToStart({ metadata, spec, status }: VDISession): boolean {
  const isStalled = status?.conditions?.some(
    ({ type, status, reason }) => type === "Stalled" && status === "True" && reason !== "HomeInUse",
  );
  return metadata.deletionTimestamp === undefined && spec.desiredState === "Running" && !isStalled;
}

function byAge({ metadata: a }: VDISession, { metadata: b }: VDISession): number {
  const key = ({ creationTimestamp = "", uid = "" }: VDISession["metadata"]) => `${creationTimestamp} ${uid}`;
  return key(a) < key(b) ? -1 : 1;
}
