import type { AnyObject } from "../kube/object.ts";

/** One thing that was said about an object, as often as it was said. */
export interface EventRecord {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** When it was last said, in ms since 1970; 0 when unknown. */
  readonly time: number;
  /** Container that it is about. */
  readonly container?: string;
  /** Of the object that it is about. */
  readonly uid?: string;
}

/**
 * Events by what they are about (`Kind namespace/name`), each oldest first. Events carry a count, or a series, when they are
 * repeated; those of the scheduler have a time of their own field alone.
 *
 * @param events core/v1
 */
export function eventsAbout(events: readonly AnyObject[]): Map<string, EventRecord[]> {
  const found = new Map<string, EventRecord[]>();
  for (const event of events as readonly CoreEvent[]) {
    const { kind = "", namespace, name = "" } = event.involvedObject ?? {};
    const key = `${kind} ${namespace ?? ""}/${name}`;
    const known = found.get(key);
    if (known) known.push(record(event));
    else found.set(key, [record(event)]);
  }
  for (const records of found.values()) records.sort((a, b) => a.time - b.time);
  return found;
}

/** The newest warning about an object; undefined when nobody warned. */
export function newestWarning(events: readonly AnyObject[], about: AnyObject): EventRecord | undefined {
  const { name = "", namespace, uid } = about.metadata ?? {};
  return (eventsAbout(events).get(`${about.kind ?? ""} ${namespace ?? ""}/${name}`) ?? []).findLast(
    (event) => event.type === "Warning" && (!uid || !event.uid || event.uid === uid),
  );
}

interface CoreEvent extends AnyObject {
  type?: string;
  reason?: string;
  message?: string;
  involvedObject?: { kind?: string; namespace?: string; name?: string; uid?: string; fieldPath?: string };
  lastTimestamp?: string | null;
  firstTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string } | null;
}

function record({ type, reason, message, involvedObject, ...times }: CoreEvent): EventRecord {
  const container = containerIn(involvedObject?.fieldPath ?? "");
  return {
    type: type ?? "Normal",
    reason: reason ?? "",
    message: (message ?? "").replace(/^\(combined from similar events\): /, ""),
    time: timeOf(times),
    ...(container !== undefined && { container }),
    ...(involvedObject?.uid !== undefined && { uid: involvedObject.uid }),
  };
}

function timeOf({ series, lastTimestamp, eventTime, firstTimestamp }: Partial<CoreEvent>): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? "") || 0;
}

/** `spec.initContainers{name}` */
function containerIn(fieldPath: string): string | undefined {
  const open = fieldPath.indexOf("{");
  return open >= 0 && fieldPath.endsWith("}") ? fieldPath.slice(open + 1, -1) : undefined;
}
