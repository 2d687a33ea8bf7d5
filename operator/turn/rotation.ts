import { turnLifeSeconds, turnRenewalSeconds } from "./credentials.ts";

/** Whether a pod needs new TURN credentials now, or else when to look again. */
export type Rotation = { readonly isDue: true } | { readonly isDue: false; readonly next: Date };

/** @param turnExpires the pod's annotation: seconds since 1970 at which its credentials end; undefined for none */
export function rotation(turnExpires: string | undefined, now: Date): Rotation {
  const expires = turnExpires === undefined || turnExpires === "" ? NaN : Number(turnExpires);
  const left = expires - now.getTime() / 1000;
  // More than they ever have: the clock that they were made by was wrong.
  if (!(left > turnRenewalSeconds && left <= turnLifeSeconds)) return { isDue: true };
  return { isDue: false, next: new Date((expires - turnRenewalSeconds) * 1000) };
}
