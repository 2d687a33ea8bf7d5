import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { Fault, FaultContext } from "./fault.ts";
import { fieldManager } from "./made-objects.ts";

/** On the object that was changed: the merge patch that puts it back. */
const undoAnnotation = "lab.kasm-vdi/undo";

/** Breaks by changing an object of somebody else, and mends by giving each changed field its value from before. */
export function changedObject(
  keyOf: (context: FaultContext) => ObjectKey,
  patchOf: (object: AnyObject) => Record<string, unknown>,
): Omit<Fault, "description"> {
  return {
    async breaks(context) {
      const key = keyOf(context);
      const object = await context.client.get(key);
      if (!object) throw new Error(`There is no ${key.kind} ${key.metadata.name}. \`npm run lab\` puts it back.`);
      if (object.metadata?.annotations?.[undoAnnotation] !== undefined) return;
      const patch = patchOf(object);
      const annotations = { [undoAnnotation]: JSON.stringify(undoOf(object, patch)) };
      await context.client.mergePatch({ ...key, ...patch, metadata: { ...key.metadata, annotations } }, fieldManager);
    },
    async mends(context) {
      const key = keyOf(context);
      const undo = (await context.client.get(key))?.metadata?.annotations?.[undoAnnotation];
      if (undo === undefined) return;
      const metadata = {
        ...key.metadata,
        annotations: { [undoAnnotation]: null } as unknown as Record<string, string>,
      };
      await context.client.mergePatch({ ...key, ...(JSON.parse(undo) as AnyObject), metadata }, fieldManager);
    },
  };
}

/** The merge patch that takes back another one: what each of its fields was, null where there was none. */
export function undoOf(before: unknown, patch: unknown): unknown {
  if (!isRecord(patch) || !isRecord(before)) return before ?? null;
  return Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, undoOf(before[name], value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
