import { createHash, createHmac } from "node:crypto";
import { shortHash } from "../resources/names.ts";

/** What a TURN server takes for a while. coturn looks at the time only when a connection begins: open streams go on. */
export interface TurnCredentials {
  /** `<expiry>:<hash of the id>`, the time in seconds since 1970. It is in the server's log, and says nothing about people. */
  readonly username: string;
  readonly password: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** How long credentials count, and how long at the least when they are given out. */
export const turnLifeSeconds = 12 * 3600;
export const turnRenewalSeconds = 6 * 3600;

/**
 * Credentials for coturn's `use-auth-secret`. The same for the same id within six hours, so that they can be made again
 * wherever they are needed; the six hours begin at another time for each id, so that not all are renewed at once.
 *
 * @param secret shared with the TURN server
 * @param id that stays with the desktop: its pod's name
 */
export function turnCredentials(secret: string, id: string, now: Date): TurnCredentials {
  const offset = createHash("sha256").update(id).digest().readUInt32BE() % turnRenewalSeconds;
  const seconds = Math.floor(now.getTime() / 1000);
  const begun = Math.floor((seconds + offset) / turnRenewalSeconds) * turnRenewalSeconds - offset;
  const expires = begun + turnLifeSeconds;
  const username = `${expires.toFixed()}:${shortHash(`turn ${id}`)}`;
  return { username, password: createHmac("sha1", secret).update(username).digest("base64"), expires };
}
