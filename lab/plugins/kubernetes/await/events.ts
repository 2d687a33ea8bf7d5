import type { CoreV1Event } from "@kubernetes/client-node";
import type { AnyObject, ClusterClient } from "../../../../kube/client.ts";
import { objectName } from "./readiness.ts";
import type { Plain } from "./plain.ts";

/**
 * The latest warning per reason about these objects, newest first, as "[FailedMount] Pod kasm/api-1: MountVolume ...".
 * Events are an explanation only: when they cannot be read, there are none.
 */
export async function recentWarnings(client: ClusterClient, objects: AnyObject[], limit = 3): Promise<string[]> {
  const [first] = objects;
  if (!first) return [];
  // A cluster-scoped object's events are kept in `default`.
  const namespace = first.metadata?.namespace ?? "default";
  const options = { namespace, fieldSelector: "type=Warning" };
  const events = await client.list("v1", "Event", options).catch(() => []);
  return warningLines(events as AnyObject[], objects, limit);
}

export function warningLines(events: AnyObject[], objects: AnyObject[], limit: number): string[] {
  const names = new Map(objects.map((object) => [object.metadata?.uid, objectName(object)]));
  const lines = (events as Plain<CoreV1Event>[])
    .filter(({ involvedObject }) => names.has(involvedObject.uid))
    .sort((a, b) => lastSeen(b) - lastSeen(a))
    .map(({ involvedObject, reason, message }) => ({
      about: `${reason ?? ""} ${involvedObject.uid ?? ""}`,
      line: `[${reason ?? "Warning"}] ${names.get(involvedObject.uid) ?? ""}: ${message?.trim() ?? ""}`,
    }));
  const newest = lines.filter(({ about }, index) => lines.findIndex((one) => one.about === about) === index);
  return newest.slice(0, limit).map(({ line }) => line);
}

function lastSeen({ lastTimestamp, eventTime, metadata }: Plain<CoreV1Event>): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}
