import type { VDISession, VDITemplate } from "../api/objects.ts";
import { isFromOtherPage } from "./fetch-metadata.ts";
import { acceptsToken } from "./tokens.ts";
import type { TokenPurpose, TokenSubject } from "./tokens.ts";
import type { DesktopRequest } from "./request.ts";

/** Why somebody is not let in. */
export type Refusal =
  "unknown-host" | "own-password" | "ended" | "other-page" | "other-user" | "old-link" | "wrong-password" | "sign-in";

/** Whether somebody may enter; a password is for the caller to check, who can read Secrets. */
export type Admission =
  | { readonly kind: "admitted"; readonly by: "link" | "cookie" | "header" }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "refused"; readonly why: Refusal };

/** What somebody who may enter finds. */
export type Desktop =
  | { readonly kind: "ready" }
  /** Stopped; a person who opens it wakes it. */
  | { readonly kind: "asleep" }
  /** Not there yet. */
  | { readonly kind: "starting"; readonly message: string }
  /** Somebody has to do something first. */
  | { readonly kind: "stuck"; readonly message: string };

export interface AdmissionContext {
  readonly key: Buffer;
  readonly template: VDITemplate | undefined;
  readonly nowMs: number;
  /** Whether nothing may be ended by time now, since clocks do not agree. */
  readonly isTimeInDoubt?: boolean;
}

/** Whether the request may go on to the session that the host belongs to. */
export function admit(
  request: DesktopRequest,
  session: VDISession,
  { key, template, nowMs, isTimeInDoubt = false }: AdmissionContext,
): Admission {
  const refused = (why: Refusal): Admission => ({ kind: "refused", why });
  const accepts = (purpose: TokenPurpose, token: string) =>
    acceptsToken(token, {
      ...{ key, purpose, nowMs, revokedBeforeMs: revokedBeforeMs(session) },
      subject: tokenSubject(session, request.host),
    });
  // Such a route does not ask us; if it does, its middlewares are not as the operator made them.
  if (template?.spec.access === "Password") return refused("own-password");
  if (hasEnded(session, isTimeInDoubt ? -Infinity : nowMs)) return refused("ended");
  if (request.linkToken !== undefined && accepts("link", request.linkToken)) return { kind: "admitted", by: "link" };
  if (isFromOtherPage(request)) return refused("other-page");
  if (request.signedInUser !== undefined)
    return request.signedInUser === session.spec.user ? { kind: "admitted", by: "header" } : refused("other-user");
  if (request.cookies.some((cookie) => accepts("cookie", cookie))) return { kind: "admitted", by: "cookie" };
  if (request.password !== undefined) return { kind: "password", ...request.password };
  return refused(request.linkToken === undefined ? "sign-in" : "old-link");
}

/** State of the desktop, from the session's own status. */
export function desktopState(session: VDISession): Desktop {
  const { status, spec } = session;
  const condition = (type: string) => status?.conditions?.find((it) => it.type === type);
  if (spec.desiredState === "Suspended") return { kind: "asleep" };
  const ready = condition("Ready");
  if (ready?.status === "True" || (ready && isOurProbesWord(ready.reason, status))) return { kind: "ready" };
  const isStuck = status?.phase === "Failed" || condition("Stalled")?.status === "True";
  return { kind: isStuck ? "stuck" : "starting", message: status?.message ?? "" };
}

/**
 * Whether only a probe of the operator's says that the desktop cannot be reached. Whoever asks has come by the route; and a
 * stream that has answered since the desktop's start may answer its user, whatever keeps the operator from it. The kubelet's
 * word is another matter (ProbeFailing): Traefik leads nobody to a pod that is not ready, and would show an error of its own.
 */
function isOurProbesWord(reason: string, status: VDISession["status"]): boolean {
  const { startTime, readyTime } = status ?? {};
  const wasReached =
    readyTime !== undefined && startTime !== undefined && Date.parse(readyTime) >= Date.parse(startTime);
  return wasReached && ["RouteMissing", "StreamNotAnswering"].includes(reason);
}

/** Deleted, or its time is over: nobody enters any more. The operator deletes it when the clocks agree. */
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
