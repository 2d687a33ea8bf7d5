import { createHash, randomBytes } from "node:crypto";
import type { PropertyMap } from "../../rpc/property.ts";

const defaultTimeoutSeconds = 300;

/**
 * Fills in what the program left out: the name (the old one, else the resource's name and eight hex digits), the
 * provider's namespace, five minutes of timeout unless nothing is waited for, and gpg's keyring to verify with.
 */
export function withDefaults(
  news: PropertyMap,
  olds: PropertyMap,
  context: { resourceName: string; namespace: string; randomSeed: Uint8Array },
): PropertyMap {
  const filled: PropertyMap = { ...news };
  if (!Object.hasOwn(filled, "name") && olds.name !== undefined) filled.name = olds.name;
  if (isBlank(filled.name)) filled.name = `${context.resourceName}-${hexDigits(context.randomSeed)}`;
  if (isBlank(filled.namespace)) filled.namespace = context.namespace;
  if (filled.skipAwait !== true && !Object.hasOwn(filled, "timeout")) filled.timeout = defaultTimeoutSeconds;
  if (filled.verify === true && isBlank(filled.keyring))
    filled.keyring = `${process.env["HOME"] ?? ""}/.gnupg/pubring.gpg`;
  return filled;
}

// From the engine's seed the name is the same in the preview and in the update after it.
function hexDigits(seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4);
  return bytes.subarray(0, 4).toString("hex");
}

function isBlank(value: PropertyMap[string] | undefined): boolean {
  return value === undefined || value === null || value === "";
}
