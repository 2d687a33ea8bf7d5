import type { VDISessionStatus } from "../api/vdi-session.ts";

/** At most one event for what changed: none while the reason of Ready stays. */
export function transitionEvents(before: VDISessionStatus | undefined, after: VDISessionStatus) {
  const reasonOf = (status: VDISessionStatus | undefined) => status?.conditions?.find(({ type }) => type === "Ready");
  const ready = reasonOf(after);
  if (!ready || ready.reason === reasonOf(before)?.reason) return [];
  const type = ready.status === "True" || after.phase === "Creating" ? ("Normal" as const) : ("Warning" as const);
  return [{ type, reason: ready.reason, note: ready.message }];
}
