import { isDeepStrictEqual } from "node:util";
import { apiMessage, classifyError } from "../kube/client.ts";
import type { AnyObject, ClusterClient, ObjectKey } from "../kube/client.ts";
import { objectOf } from "./state.ts";
import type { StateResource } from "./state.ts";

/** What became of an object whose creation was interrupted. */
export type CreatedObject =
  | { readonly kind: "absent" }
  /** It is as the interrupted run would have it; `manager` is the name under which that run wrote it. */
  | { readonly kind: "ours"; readonly manager: string }
  /** Somebody else made it, or changed it since. `reason` is a sentence. */
  | { readonly kind: "foreign"; readonly reason: string };

/** What names the object of a resource; undefined for what is no Kubernetes object, such as a command or a release. */
export function objectKey({ type, inputs }: StateResource): ObjectKey | undefined {
  const { apiVersion, kind, metadata } = (inputs ?? {}) as Partial<ObjectKey>;
  const isPatch = /Patch$/.test(type);
  if (!type.startsWith("kubernetes:") || isPatch || !apiVersion || !kind || !metadata?.name) return undefined;
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/**
 * Looks for the object in the cluster. It is ours when the plugin wrote it and the server says that to apply once more what
 * the run wanted, under the same name, changes nothing: labels, annotations and content are what they should be.
 */
export async function findCreated(client: ClusterClient, resource: StateResource): Promise<CreatedObject> {
  const key = objectKey(resource);
  const live = key && (await client.get(key));
  if (!live) return { kind: "absent" };
  if (live.metadata?.deletionTimestamp !== undefined) return { kind: "foreign", reason: "it is being deleted" };
  const manager = pluginManager(live);
  if (manager === undefined) return { kind: "foreign", reason: "it was not made by Pulumi" };
  const wanted = objectOf(resource.inputs) as AnyObject;
  try {
    const applied = await client.apply(wanted, { fieldManager: manager, dryRun: true });
    return isDeepStrictEqual(content(applied), content(live))
      ? { kind: "ours", manager }
      : { kind: "foreign", reason: "it is not as the interrupted run wanted it" };
  } catch (error) {
    // Not the server's sentence for anything else: it may quote a Secret's content.
    if (classifyError(error) !== "conflict") throw error;
    return { kind: "foreign", reason: `others have changed it since: ${apiMessage(error)}` };
  }
}

/** The plugin names itself anew in each run, `pulumi-kubernetes-1a2b3c4d`, and goes by that name as long as the object lives. */
function pluginManager({ metadata }: AnyObject): string | undefined {
  return metadata?.managedFields?.find(({ manager = "" }) => manager.startsWith("pulumi-kubernetes"))?.manager;
}

/** An object without what the server counts. */
function content({ metadata, ...rest }: AnyObject): AnyObject {
  const counted = { managedFields: undefined, resourceVersion: undefined, generation: undefined };
  return { ...rest, metadata: { ...metadata, ...counted } };
}
