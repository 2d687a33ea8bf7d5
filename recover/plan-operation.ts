import type { ObjectKey } from "../kube/client.ts";
import { objectKey } from "./created-object.ts";
import type { CreatedObject } from "./created-object.ts";
import { objectName } from "./findings.ts";
import type { Finding, Step } from "./findings.ts";
import { resourceName } from "./state.ts";
import type { PendingOperation, StateResource } from "./state.ts";

/** Something that an engine was doing when it was killed. */
export interface FoundOperation {
  readonly operation: PendingOperation;
  /** The state has a resource of that URN. */
  readonly isKnown: boolean;
  /** The state has all that the resource needs before it. */
  readonly hasItsNeeds: boolean;
  /** What became of the object of an interrupted creation. */
  readonly created?: CreatedObject;
}

/** What to do about one pending operation. It leaves the list in any case. */
export function planOperation({ operation, isKnown, hasItsNeeds, created }: FoundOperation): Finding {
  const { type, resource } = operation;
  const key = objectKey(resource);
  const outcome = (found: string, does: string, ...steps: Step[]): Finding => ({
    object: key ? objectName(key) : resourceName(resource.urn),
    found: `interrupted while ${type}${found}`,
    does,
    steps: [{ kind: "forget", urn: resource.urn }, ...steps],
  });
  if (type !== "creating") {
    if (!isKnown || !resource.type.startsWith("kubernetes:")) return outcome("", "left to the next `up`");
    return outcome("", "read anew from the cluster", { kind: "reread", urn: resource.urn });
  }
  if (isKnown) return outcome(", and made by a later run", "not listed any more");
  if (!key || !created || created.kind === "absent") return outcome(", and not made", "left to the next `up`");
  const byHand = (reason: string) => ({ ...outcome(`; ${reason}`, "left to you"), commands: waysOut(key) });
  if (created.kind === "foreign") return byHand(created.reason);
  if (!hasItsNeeds) return byHand("it was made, and what it belongs to was destroyed since");
  return outcome(", and made", "taken into the state", { kind: "adopt", resource: asMade(resource, created.manager) });
}

function waysOut({ kind, metadata: { namespace, name } }: ObjectKey): string[] {
  const object = `${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` --namespace ${namespace}`}`;
  return [
    `kubectl get ${object} --output yaml --show-managed-fields`,
    `kubectl delete ${object}     # when nobody needs it`,
  ];
}

/**
 * The resource as the plugin keeps it. It must go on under the name under which it wrote the object, or the server takes its
 * next change for a conflict with itself; the rest it reads from the cluster (checkpointObject in provider.go).
 */
function asMade(resource: StateResource, manager: string): StateResource {
  const { apiVersion, metadata } = (resource.inputs ?? {}) as unknown as ObjectKey;
  const id = [metadata.namespace, metadata.name].filter((part) => part !== undefined).join("/");
  return { ...resource, id, outputs: { __initialApiVersion: apiVersion, __fieldManager: manager } };
}
