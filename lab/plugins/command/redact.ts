import type { PropertyValue } from "../rpc/property.ts";
import { isObject, isSecret } from "../rpc/property.ts";

/** Shorter texts are no secrets worth hiding, and would blank out half of every line. */
const shortest = 4;

/** Every text inside a secret, and each of its lines, the longest first. */
export function secretTexts(...values: PropertyValue[]): string[] {
  const texts = new Set<string>();
  const visit = (value: PropertyValue, isHidden: boolean): void => {
    if (isSecret(value)) visit(value.value, true);
    else if (Array.isArray(value)) value.forEach((item) => visit(item, isHidden));
    else if (isObject(value)) Object.values(value).forEach((item) => visit(item, isHidden));
    else if (typeof value === "string" && isHidden)
      [value, ...value.split("\n")].forEach((text) => texts.add(text.trim()));
  };
  values.forEach((value) => visit(value, false));
  return [...texts].filter((text) => text.length >= shortest).sort((left, right) => right.length - left.length);
}

/** The text with every secret in it replaced: for logs and error messages. */
export function redact(text: string, secrets: string[]): string {
  return secrets.reduce((result, hidden) => result.replaceAll(hidden, "[secret]"), text);
}
