import { classifyError } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/object.ts";
import { managerName } from "../resources/labels.ts";

export interface StatusTarget {
  client: Pick<ClusterClient, "applyStatus">;
  /** Takes in what the API server answered. */
  observe: (object: AnyObject) => void;
}

/**
 * Writes the status of this very object: one made anew under its name must not get it.
 *
 * @returns false when the object is gone, or is another one by now
 */
export async function applyStatus(
  { client, observe }: StatusTarget,
  key: ObjectKey,
  uid: string | undefined,
  status: object,
): Promise<boolean> {
  const object = { ...key, metadata: { ...key.metadata, ...(uid !== undefined && { uid }) }, status };
  try {
    observe(await client.applyStatus(object, { fieldManager: managerName, force: true }));
    return true;
  } catch (error) {
    if (["not-found", "conflict"].includes(classifyError(error))) return false;
    throw error;
  }
}
