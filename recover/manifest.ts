import { objectsIn } from "../helm/manifest.ts";
import type { Revision } from "../helm/revision.ts";
import type { ObjectKey } from "../kube/client.ts";

/** Kinds that are never deleted here: they hold data, or others hang on them. */
const lastingKinds = new Set([
  "PersistentVolumeClaim",
  "PersistentVolume",
  "Secret",
  "Namespace",
  "CustomResourceDefinition",
]);

export function isLasting({ kind }: ObjectKey): boolean {
  return lastingKinds.has(kind);
}

/** What Helm makes for a revision, hooks aside, in its order. */
export function objectsOf({ manifest, namespace }: Revision): ObjectKey[] {
  return objectsIn(manifest, namespace).map(({ apiVersion = "", kind = "", metadata }) => {
    return { apiVersion, kind, metadata: { namespace: metadata?.namespace ?? namespace, name: metadata?.name ?? "" } };
  });
}

/** Objects that are in the first list and not in the second. */
export function missing(objects: readonly ObjectKey[], others: readonly ObjectKey[]): ObjectKey[] {
  const present = new Set(others.map(identity));
  return objects.filter((object) => !present.has(identity(object)));
}

// The version of an API may change from revision to revision, its group does not.
function identity({ apiVersion, kind, metadata }: ObjectKey): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return [group, kind, metadata.namespace, metadata.name].join("/");
}
