import { statusCode } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { Fault, FaultContext } from "./fault.ts";

export const fieldManager = "kasm-vdi-lab";

/** Breaks by objects of its own, and mends by deleting them. */
export function madeObjects(
  objects: (context: FaultContext) => AnyObject[] | Promise<AnyObject[]>,
): Omit<Fault, "description"> {
  return {
    async breaks(context) {
      for (const object of await objects(context)) await createOnce(context, object);
    },
    async mends(context) {
      for (const object of (await objects(context)).toReversed())
        await context.client.delete({ ...object, metadata: object.metadata } as ObjectKey, "Foreground");
    },
  };
}

async function createOnce({ client }: FaultContext, object: AnyObject): Promise<void> {
  try {
    await client.create(object, { fieldManager });
  } catch (error) {
    if (statusCode(error) !== 409) throw error;
  }
}
