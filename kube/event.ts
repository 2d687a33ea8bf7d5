import type { AnyObject, KubeObject } from "./object.ts";
import { microTime } from "./lease.ts";

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

/** The text's beginning with at most so many bytes of UTF-8, which is what the API server counts; says that it was cut. */
export function cutAt(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = Buffer.from(text).subarray(0, bytes - Buffer.byteLength("..."));
  // A character that was cut in the middle decodes to U+FFFD.
  return `${room.toString().replace(/\uFFFD+$/, "")}...`;
}

// Names of objects may hold more than names of events: `system:node`. The suffix takes 17 characters of 253.
function eventNamePrefix(name: string): string {
  const safe = name.toLowerCase().replace(/[^a-z0-9.-]/g, "-");
  return safe.slice(0, 235).replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "") || "event";
}
