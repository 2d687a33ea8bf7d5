import type { AnyObject, ObjectKey } from "../../../../kube/client.ts";
import { timeoutSeconds } from "./annotations.ts";
import type { AwaitContext } from "./context.ts";
import { poll } from "./polling.ts";
import { condition, objectName } from "./readiness.ts";

/**
 * Waits until a deleted object is gone, or another one has taken its name (then `uid` tells them apart).
 * Throws an Error that says what holds the object when it is still there at the end of the time.
 */
export async function awaitDeleted(context: AwaitContext, key: ObjectKey, uid?: string): Promise<void> {
  const seconds = timeoutSeconds(context.timeoutSeconds, {});
  let last: AnyObject | undefined;
  let told = "";
  let wasAway = false;
  const tell = (message: string): void => {
    if (message !== told) context.status(message);
    told = message;
  };

  const look = async (): Promise<true | undefined> => {
    const found = await context.client.get(key);
    if (!found || (uid !== undefined && found.metadata?.uid !== uid)) {
      // Right after an outage a kind may not be served yet, which looks the same as gone.
      if (!wasAway) return true;
      wasAway = false;
      return undefined;
    }
    wasAway = false;
    last = found;
    tell(holder(found));
    return undefined;
  };
  const onOutage = (problem: string): void => {
    wasAway = true;
    tell(`The API server is away (${problem}); waiting for it`);
  };
  const result = await poll(look, { signal: context.signal, timeoutSeconds: seconds, onOutage });
  if (result === true) return;
  if (result === "cancelled") throw new Error(`Waiting for the deletion of ${objectName(key)} was cancelled`);
  const why = last ? holder(last) : "the API server did not answer";
  throw new Error(`${objectName(key)} still exists ${seconds} s after its deletion was asked for. ${why}`);
}

/** What a deletion waits for, as far as the object itself tells. */
export function holder(object: AnyObject): string {
  const deletionTimestamp = object.metadata?.deletionTimestamp;
  const finalizers = object.metadata?.finalizers ?? [];
  if (!deletionTimestamp) return "Waiting for its deletion to begin";
  const content = ["NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining"]
    .map((type) => condition(object, type))
    .filter((one) => one?.status === "True")
    .map((one) => one?.message ?? "");
  if (content.length > 0) return `Waiting for its content: ${content.join("; ")}`;
  const others = finalizers.filter((name) => name !== "foregroundDeletion");
  if (others.length > 0)
    return `Finalizers hold it: ${others.join(", ")}; is the controller that removes them running?`;
  return finalizers.length > 0 ? "Waiting for the objects that it owns to be deleted" : "Waiting for it to end";
}
