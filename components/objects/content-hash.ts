import { createHash } from "node:crypto";

/**
 * Ten hexadecimal digits that change with the content: for names of immutable objects, and for what has to run again.
 *
 * @param content text as it is, anything else as JSON
 */
export function contentHash(content: unknown, digits = 10): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
