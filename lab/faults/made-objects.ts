import { statusCode } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { Fault, Ground } from "./fault.ts";

export const fieldManager = "kasm-vdi-lab";

/** Breaks by objects of its own, and mends by deleting them. */
export function madeObjects(
  objects: (ground: Ground) => AnyObject[] | Promise<AnyObject[]>,
): Omit<Fault, "description"> {
  return {
    async breaks(ground) {
      for (const object of await objects(ground)) await createOnce(ground, object);
    },
    async mends(ground) {
      for (const object of (await objects(ground)).toReversed())
        await ground.client.delete({ ...object, metadata: object.metadata } as ObjectKey, "Foreground");
    },
  };
}

async function createOnce({ client }: Ground, object: AnyObject): Promise<void> {
  try {
    await client.create(object, { fieldManager });
  } catch (error) {
    if (statusCode(error) !== 409) throw error;
  }
}
