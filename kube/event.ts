import type { AnyObject, KubeObject } from "./object.ts";
import { microTime } from "./lease.ts";
import { cutAt } from "./untrusted-text.ts";

/** One thing that happened to an object, as events.k8s.io/v1 tells it. */
export interface EventText {
  type: "Normal" | "Warning";
  /** Why, in one CamelCase word: `Scheduled`, `ImagePullFailed`. */
  reason: string;
  /** What was done or attempted, in one CamelCase word. */
  action: string;
  /** For people; cut at 1,024 bytes. */
  note: string;
}

export interface EventSource {
  /** Who reports: a qualified name like `vdi.kasm.io/session-controller`. */
  controller: string;
  /** Which process of it, such as the Pod's name. */
  instance: string;
}

/** A new Event about an object. Of cluster-scoped objects it is in `default`, as the API server demands. */
export function newEvent(
  about: KubeObject,
  text: EventText,
  source: EventSource,
  date: Date,
  unique: string,
): AnyObject {
  const { name = "", namespace, uid, resourceVersion } = about.metadata ?? {};
  const time = microTime(date);
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: `${eventNamePrefix(name)}.${unique}`, namespace: namespace ?? "default" },
    eventTime: time,
    type: text.type,
    reason: cutAt(text.reason, 128),
    action: cutAt(text.action, 128),
    note: cutAt(text.note, 1024),
    regarding: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    reportingController: source.controller,
    reportingInstance: cutAt(source.instance, 128),
  };
}

/** What makes two happenings the same one, that then is counted. */
export function eventKey({ metadata, kind }: KubeObject, { type, reason, action, note }: EventText): string {
  return JSON.stringify([kind, metadata?.namespace, metadata?.name, metadata?.uid, type, reason, action, note]);
}

// Names of objects may hold more than names of events: `system:node`. The suffix takes 17 characters of 253.
function eventNamePrefix(name: string): string {
  const safe = name
    .slice(0, 235)
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-");
  const isFit = (letter: string) => letter !== "-" && letter !== ".";
  const letters = Array.from(safe);
  return safe.slice(Math.max(0, letters.findIndex(isFit)), letters.findLastIndex(isFit) + 1) || "event";
}
