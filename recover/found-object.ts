import { isDeepStrictEqual } from "node:util";
import { apiMessage, classifyError } from "../kube/client.ts";
import type { AnyObject, ClusterClient, ObjectKey } from "../kube/client.ts";
import { plain } from "./property-values.ts";

/** What became of an object that an interrupted run was writing. */
export type FoundObject =
  | { readonly kind: "absent" }
  /** It is as that run wanted it. `manager` is the name under which it was written, if the server has noted one. */
  | { readonly kind: "ours"; readonly live: AnyObject; readonly manager: string | undefined }
  /** Somebody else made it, or changed it since, or the run had not come to it. `reason` is a sentence. */
  | { readonly kind: "other"; readonly reason: string };

/**
 * Looks for the object in the cluster. It is ours when the plugin wrote it and the server says that to apply once more what
 * the run wanted, under the same name, changes nothing: labels, annotations and content are what they should be.
 */
export async function findObject(client: ClusterClient, key: ObjectKey, inputs: unknown): Promise<FoundObject> {
  const live = await client.get(key);
  if (!live) return { kind: "absent" };
  const { deletionTimestamp, managedFields = [] } = live.metadata ?? {};
  if (deletionTimestamp !== undefined) return { kind: "other", reason: "it is being deleted" };
  const manager = managedFields.find(({ manager = "" }) => manager.startsWith("pulumi-"))?.manager;
  // Of an object that is nothing but a name the server notes no manager.
  if (manager === undefined && managedFields.length > 0) return { kind: "other", reason: "it was not made by Pulumi" };
  try {
    const wanted = plain(inputs) as AnyObject;
    const applied = await client.apply(wanted, { fieldManager: manager ?? "pulumi", dryRun: true });
    if (!isDeepStrictEqual(content(applied), content(live)))
      return { kind: "other", reason: "it is not as the interrupted run wanted it" };
    return { kind: "ours", live, manager };
  } catch (error) {
    // Not the server's sentence for anything else: it may quote a Secret's content.
    if (classifyError(error) !== "conflict") throw error;
    return { kind: "other", reason: `others have changed it since: ${apiMessage(error)}` };
  }
}

/** An object without what the server counts. */
function content({ metadata, ...rest }: AnyObject): AnyObject {
  const counted = { managedFields: undefined, resourceVersion: undefined, generation: undefined };
  return { ...rest, metadata: { ...metadata, ...counted } };
}
