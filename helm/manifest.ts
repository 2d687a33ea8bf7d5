import { parseAllDocuments } from "yaml";
import type { AnyObject } from "../kube/client.ts";

/** The objects of a manifest as Helm renders it. One that names no namespace is in the release's, if it is in any. */
export function objectsIn(manifest: string, namespace: string): AnyObject[] {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS() as AnyObject | null);
  return documents
    .filter((object) => object !== null)
    .map((object) => {
      return { ...object, metadata: { namespace, ...object.metadata } };
    });
}
