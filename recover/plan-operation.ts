import type { ObjectKey } from "../kube/client.ts";
import { madeObject } from "./checkpoint.ts";
import { objectName } from "./findings.ts";
import type { Finding, Step } from "./findings.ts";
import type { FoundObject } from "./found-object.ts";
import { objectKey, resourceName } from "./state.ts";
import type { PendingOperation } from "./state.ts";

/** Something that an engine was doing when it was killed. */
export interface FoundOperation {
  readonly operation: PendingOperation;
  /** The state has a resource of that URN. */
  readonly isKnown: boolean;
  /** The state has all that the resource needs before it. */
  readonly hasItsNeeds: boolean;
  /** Its object in the cluster, where it has one. */
  readonly object?: FoundObject;
}

/** What to do about one pending operation. It leaves the list in any case. */
export function planOperation({ operation, isKnown, hasItsNeeds, object }: FoundOperation): Finding {
  const { type, resource } = operation;
  const { urn } = resource;
  const key = objectKey(resource);
  const outcome = (found: string, does: string, ...steps: Step[]): Finding => ({
    object: key ? objectName(key) : resourceName(urn),
    found: `interrupted while ${type}${found}`,
    does,
    steps: [{ kind: "forget", urn }, ...steps],
  });
  const byHand = (reason: string) => ({
    ...outcome(`; ${reason}`, "left to you"),
    ...(key && { commands: waysOut(key) }),
  });
  const put = ({ live, manager }: FoundObject & { kind: "ours" }): Step => {
    return { kind: "put", resource: madeObject(resource, live, manager) };
  };
  switch (type) {
    case "creating":
      if (isKnown) return outcome(", and made by a later run", "not listed any more");
      if (!object || object.kind === "absent") return outcome(", and not made", "left to the next `up`");
      if (object.kind === "other") return byHand(object.reason);
      if (!hasItsNeeds) return byHand("it was made, and what it belongs to was destroyed since");
      return outcome(", and made", "taken into the state", put(object));
    case "updating":
      if (!isKnown || object?.kind !== "ours") return outcome("", "left to the next `up`");
      return outcome(", and updated", "taken into the state", put(object));
    case "deleting":
      if (!isKnown || object?.kind !== "absent") return outcome("", "left to the next run");
      return outcome(", and deleted", "taken out of the state", { kind: "drop", urn });
    default:
      return outcome("", "left to the next `up`");
  }
}

function waysOut({ kind, metadata: { namespace, name } }: ObjectKey): string[] {
  const object = `${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` --namespace ${namespace}`}`;
  return [
    `kubectl get ${object} --output yaml --show-managed-fields`,
    `kubectl delete ${object}     # when nobody needs it`,
  ];
}
