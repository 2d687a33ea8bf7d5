import { isObject, isSecret, reveal } from "../../rpc/property.ts";
import type { PropertyMap, PropertyValue } from "../../rpc/property.ts";

// Shorter ones are no secrets worth the name, and replacing them would shred the message.
const shortestSecret = 4;

/** Every text that is marked secret somewhere in these properties. `__inputs`, secret as a whole, is looked into. */
export function secretTexts(properties: PropertyMap): string[] {
  const kept = properties.__inputs;
  const opened = isSecret(kept) ? { ...properties, __inputs: kept.value } : properties;
  return [...new Set(textsIn(opened, false))];
}

/** Replaces secrets in a message, also where they stand in base64 as in a rendered Secret. */
export function redact(message: string, secrets: string[]): string {
  const forms = secrets
    .filter((one) => one.length >= shortestSecret)
    .flatMap((one) => [one, Buffer.from(one).toString("base64"), JSON.stringify(one).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  return forms.reduce((text, one) => text.replaceAll(one, "[secret]"), message);
}

function textsIn(value: PropertyValue, isMarked: boolean): string[] {
  if (isSecret(value)) return textsIn(reveal(value), true);
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, isMarked));
  if (isObject(value)) return Object.values(value).flatMap((item) => textsIn(item, isMarked));
  if (!isMarked || value === null || typeof value === "boolean") return [];
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}
