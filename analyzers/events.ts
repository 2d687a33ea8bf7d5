import type { AnyObject } from "../kube/client.ts";

/** A warning that somebody wrote about an object. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  /** When it was last given, in ms; 0 when unknown. */
  readonly time: number;
}

/**
 * The newest warning about an object. Events carry a count, or a series, when they are repeated; those of the scheduler
 * have a time of their own field alone.
 *
 * @param events core/v1
 */
export function newestWarning(events: readonly AnyObject[], about: AnyObject): Warning | undefined {
  const { name, uid } = about.metadata ?? {};
  return (events as readonly CoreEvent[])
    .filter(({ type, involvedObject: it }) => {
      return type === "Warning" && it?.kind === about.kind && it?.name === name && (!uid || !it?.uid || it.uid === uid);
    })
    .map((event) => ({ reason: event.reason ?? "", message: event.message ?? "", time: timeOf(event) }))
    .toSorted((a, b) => a.time - b.time)
    .at(-1);
}

interface CoreEvent extends AnyObject {
  type?: string;
  reason?: string;
  message?: string;
  involvedObject?: { kind?: string; name?: string; uid?: string };
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string } | null;
}

function timeOf({ series, lastTimestamp, eventTime }: CoreEvent): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? "") || 0;
}
