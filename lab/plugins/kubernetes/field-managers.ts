import { randomBytes } from "node:crypto";

import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject } from "../rpc/property.ts";
import type { Manifest } from "./manifest.ts";
import { annotation, field, hasAnnotation, text, withoutField } from "./manifest.ts";
import type { Path } from "./replace-rules.ts";

/** Manager of objects that this provider creates, and of everything without server-side apply. */
export const creationManager = "pulumi-kubernetes";

// Their fields become ours at the next apply: earlier hands of this provider, and people with kubectl. Names are beginnings, as in the
// official provider: kubectl-edit, kubectl-patch, kubectl-client-side-apply ...
const predecessors = [
  { prefix: creationManager, operation: "Update" },
  { prefix: "pulumi-resource-kubernetes", operation: "Update" },
  { prefix: "kubectl", operation: "Apply" },
  { prefix: "kubectl", operation: "Update" },
  { prefix: "before-first-apply", operation: "Update" },
];

interface ManagedFields {
  manager: string;
  operation: string;
  fieldsV1: PropertyMap;
  subresource: string;
  entry: PropertyMap;
}

/**
 * The manager of an object's fields: the annotation `pulumi.com/patchFieldManager`, else the one in state, else a new one. Without
 * server-side apply one name holds everything.
 */
export function fieldManagerFor(inputs: Manifest, inState: string, serverSideApply: boolean): string {
  if (!serverSideApply) return creationManager;
  const asked = annotation(inputs, "pulumi.com/patchFieldManager");
  return asked || inState || `${creationManager}-${randomBytes(4).toString("hex")}`;
}

export interface ForceQuestion {
  inputs: Manifest;
  /** Undefined where a patch or an upsert applies without having read the object. */
  live: Manifest | undefined;
  enablePatchForce: boolean;
  preview: boolean;
}

/**
 * Whether an apply overrides other managers: where people ask for it, on objects from before managers were recorded, and when a creation
 * is tried out, since a replaced object still stands in its place.
 */
export function isForced({ inputs, live, enablePatchForce, preview }: ForceQuestion): boolean {
  if (enablePatchForce || hasAnnotation(inputs, "pulumi.com/patchForce")) return true;
  return live === undefined ? preview : managedFields(live).length === 0;
}

/**
 * The object's `metadata.managedFields` with everything of predecessors moved to `manager`; undefined when there is nothing to move.
 * Without this an apply would conflict with our own creation, and removed fields would stay.
 */
export function takeOver(live: Manifest, manager: string): PropertyValue[] | undefined {
  const all = managedFields(live);
  const moved = all.filter(isPredecessor);
  const [first] = moved;
  if (first === undefined) return undefined;
  const isOwn = (one: ManagedFields) => one.manager === manager && one.operation === "Apply" && one.subresource === "";
  const own = all.find(isOwn) ?? first;
  const fieldsV1 = [own, ...moved].map((one) => one.fieldsV1).reduce(union);
  const rest = all.filter((one) => !isPredecessor(one) && !isOwn(one)).map(({ entry }) => entry);
  return [...rest, { ...withoutField(own.entry, "subresource"), manager, operation: "Apply", fieldsV1 }];
}

/** The status is never ours; `kubectl scale` writes what `kubectl edit` would, through a subresource. */
function isPredecessor({ manager, operation, subresource }: ManagedFields): boolean {
  const isOfObject = subresource === "" || (subresource === "scale" && manager.startsWith("kubectl"));
  return isOfObject && predecessors.some((old) => manager.startsWith(old.prefix) && operation === old.operation);
}

/** Whether this provider created the object and has not applied it since, as it would have with a state that knows it. */
export function isFreshlyCreated(live: Manifest): boolean {
  const hands = managedFields(live).filter(
    ({ manager, subresource }) => manager.startsWith(creationManager) && !subresource,
  );
  return hands.length === 1 && hands[0]?.manager === creationManager && hands[0].operation === "Update";
}

/** Whether any manager other than `manager` holds the field, and `manager` does not. Paths go through maps only. */
export function isForeign(live: Manifest, path: Path, manager: string): boolean {
  const holders = managedFields(live).filter(({ fieldsV1 }) => holds(fieldsV1, path));
  return holders.length > 0 && holders.every((one) => one.manager !== manager);
}

function holds(fieldsV1: PropertyMap, path: Path): boolean {
  return field(fieldsV1, ...path.map((step) => `f:${step}`)) !== undefined;
}

function managedFields(live: Manifest): ManagedFields[] {
  const entries = field(live, "metadata", "managedFields");
  return (Array.isArray(entries) ? entries : []).filter(isObject).map((entry) => ({
    manager: text(entry.manager),
    operation: text(entry.operation),
    subresource: text(entry.subresource),
    fieldsV1: isObject(entry.fieldsV1) ? entry.fieldsV1 : {},
    entry,
  }));
}

function union(left: PropertyMap, right: PropertyMap): PropertyMap {
  const merged: PropertyMap = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const existing = merged[key];
    merged[key] = isObject(existing) && isObject(value) ? union(existing, value) : value;
  }
  return merged;
}
