import { Cluster } from "../../analyzers/cluster.ts";
import type { AnyObject } from "../../kube/object.ts";

/** A cluster of which nothing but these objects, by kind, was seen. */
export function clusterOf(
  objects: Readonly<Record<string, readonly AnyObject[]>>,
  takenAt = "2026-03-01T12:00:00Z",
): Cluster {
  return new Cluster({
    ...{ kind: "KasmVdiSnapshot", schemaVersion: 1, takenAt, logs: [], probes: [] },
    objects: Object.fromEntries(Object.entries(objects).map(([kind, seen]) => [kind, { seen }])),
  });
}
