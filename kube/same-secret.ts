import { createHash, timingSafeEqual } from "node:crypto";

/** Whether somebody knows a secret. The time that it takes tells nothing of how much of it is right, or how long it is. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(hashOf(given), hashOf(secret));
}

// Of equal length, whatever is given.
function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
