import { createHash, randomBytes } from "node:crypto";

import type { PropertyMap } from "../rpc/property.ts";
import type { Manifest } from "./manifest.ts";
import { field, hasAnnotation, nameOf, text, withField } from "./manifest.ts";

const autonamed = "pulumi.com/autonamed";

/** A name from the program, known or not yet. */
export function isNamed(inputs: Manifest): boolean {
  const name = field(inputs, "metadata", "name");
  return name !== undefined && name !== null && name !== "";
}

export function isAutonamed(inputs: Manifest): boolean {
  return hasAnnotation(inputs, autonamed);
}

export function hasGenerateName(inputs: Manifest): boolean {
  const generateName = field(inputs, "metadata", "generateName");
  return !isNamed(inputs) && generateName !== undefined && generateName !== null && generateName !== "";
}

/** Gives an object without a name the resource's name and eight hex digits, and marks it. The same seed gives the same name. */
export function autoname(inputs: Manifest, resourceName: string, seed: Uint8Array): Manifest {
  if (isNamed(inputs) || hasGenerateName(inputs)) return inputs;
  return markAutonamed(inputs, `${resourceName}-${hexDigits(seed)}`);
}

/** Keeps the name that an earlier run gave. */
export function adoptName(inputs: Manifest, old: Manifest): Manifest {
  return isNamed(inputs) || !isAutonamed(old) ? inputs : markAutonamed(inputs, nameOf(old));
}

function markAutonamed(inputs: Manifest, name: string): Manifest {
  return withField(withField(inputs, ["metadata", "name"], name), ["metadata", "annotations", autonamed], "true");
}

function hexDigits(seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha512").update(seed).digest() : randomBytes(4);
  return bytes.toString("hex").slice(0, 8);
}

const managedBy = "app.kubernetes.io/managed-by";

/**
 * The label that the provider set before server-side apply recorded managers: added to new objects only without server-side apply, and
 * kept on objects that have it.
 */
export function labelManagedBy(inputs: Manifest, old: PropertyMap | undefined, serverSideApply: boolean): Manifest {
  const label = process.env["PULUMI_KUBERNETES_MANAGED_BY_LABEL"] ?? "pulumi";
  const isLabelled = old === undefined ? !serverSideApply : text(field(old, "metadata", "labels", managedBy)) === label;
  return isLabelled ? withField(inputs, ["metadata", "labels", managedBy], label) : inputs;
}
