import { parseAllDocuments } from "yaml";
import type { AnyObject, ObjectKey } from "../kube/client.ts";
import type { Revision } from "../helm/revision.ts";

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

/** What Helm rendered for a revision, hooks aside, in the order in which it makes them. */
export function objectsOf({ manifest, namespace }: Revision): ObjectKey[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object = document.toJS() as AnyObject | null;
    const { apiVersion, kind, metadata } = object ?? {};
    if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) return [];
    return [{ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace ?? namespace } }];
  });
}

/** Objects of a kind that are in the first list and not in the second. */
export function missing(objects: readonly ObjectKey[], others: readonly ObjectKey[]): ObjectKey[] {
  const present = new Set(others.map(identity));
  return objects.filter((object) => !present.has(identity(object)));
}

// The version of an API may change from revision to revision, its group does not.
function identity({ apiVersion, kind, metadata }: ObjectKey): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return [group, kind, metadata.namespace, metadata.name].join("/");
}
