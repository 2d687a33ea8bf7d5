import type { VDISession, VDITemplate } from "../api/objects.ts";
import { acceptsToken } from "./tokens.ts";
import type { TokenPurpose, TokenSubject } from "./tokens.ts";
import type { Visit } from "./visit.ts";

/** Why somebody is not let in. */
export type Refusal =
  "unknown-host" | "own-password" | "ended" | "other-page" | "other-user" | "old-link" | "wrong-password" | "sign-in";

/** Whether a visitor may enter; a password is for the caller to check, who can read Secrets. */
export type Admission =
  | { readonly kind: "admitted"; readonly by: "link" | "cookie" | "header" }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "refused"; readonly why: Refusal };

/** What a visitor who may enter finds. */
export type Desktop =
  | { readonly kind: "ready" }
  /** Stopped; a visit wakes it. */
  | { readonly kind: "asleep" }
  /** Not there yet. */
  | { readonly kind: "starting"; readonly message: string }
  /** Somebody has to do something first. */
  | { readonly kind: "stuck"; readonly message: string };

export interface AdmissionContext {
  readonly key: Buffer;
  readonly template: VDITemplate | undefined;
  readonly nowMs: number;
}

/** Whether the visitor may enter the session that the host belongs to. */
export function admit(visit: Visit, session: VDISession, { key, template, nowMs }: AdmissionContext): Admission {
  const refused = (why: Refusal): Admission => ({ kind: "refused", why });
  const accepts = (purpose: TokenPurpose, token: string) =>
    acceptsToken(token, {
      ...{ key, purpose, nowMs, revokedBeforeMs: revokedBeforeMs(session) },
      subject: tokenSubject(session, visit.host),
    });
  // Such a route does not ask us; if it does, its middlewares are not as the operator made them.
  if (template?.spec.access === "Password") return refused("own-password");
  if (hasEnded(session, nowMs)) return refused("ended");
  if (visit.linkToken !== undefined && accepts("link", visit.linkToken)) return { kind: "admitted", by: "link" };
  // Browsers add cookies and passwords to what other pages ask for, and pages of other desktops are of the same site.
  if (visit.origin !== undefined && visit.origin !== `https://${visit.authority}`) return refused("other-page");
  if (visit.signedInUser !== undefined)
    return visit.signedInUser === session.spec.user ? { kind: "admitted", by: "header" } : refused("other-user");
  if (visit.cookies.some((cookie) => accepts("cookie", cookie))) return { kind: "admitted", by: "cookie" };
  if (visit.password !== undefined) return { kind: "password", ...visit.password };
  return refused(visit.linkToken === undefined ? "sign-in" : "old-link");
}

/** State of the desktop behind the door, from the session's own status. */
export function desktopState(session: VDISession): Desktop {
  const { status, spec } = session;
  const condition = (type: string) => status?.conditions?.find((it) => it.type === type);
  if (spec.desiredState === "Suspended") return { kind: "asleep" };
  if (condition("Ready")?.status === "True") return { kind: "ready" };
  const isStuck = status?.phase === "Failed" || condition("Stalled")?.status === "True";
  return { kind: isStuck ? "stuck" : "starting", message: status?.message ?? "" };
}

/** Deleted, or its time is over: nobody enters any more. */
export function hasEnded({ metadata, status }: VDISession, nowMs: number): boolean {
  const expiresMs = status?.expiresAt === undefined ? Infinity : Date.parse(status.expiresAt);
  return metadata.deletionTimestamp !== undefined || status?.phase === "Terminating" || expiresMs <= nowMs;
}

/** Whatever was given out at or before that time opens nothing. A time that cannot be read voids everything. */
export function revokedBeforeMs({ spec }: VDISession): number | undefined {
  if (spec.access?.revokedBefore === undefined) return undefined;
  const ms = Date.parse(spec.access.revokedBefore);
  return Number.isNaN(ms) ? Infinity : ms;
}

export function tokenSubject({ metadata, spec }: VDISession, host: string): TokenSubject {
  return { uid: metadata.uid ?? "", user: spec.user, host };
}
