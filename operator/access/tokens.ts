import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token opens, and whom. It goes into the signature and not into the token, which so tells nobody anything. */
export interface TokenSubject {
  /** Of the session: one that is made anew under the same name is another. */
  readonly uid: string;
  readonly user: string;
  /** Host of the desktop. */
  readonly host: string;
}

/** A link lets in soon, a cookie lets back in: neither passes for the other. */
export type TokenPurpose = "link" | "cookie";

/** How long a token counts, in milliseconds. */
export const tokenLifeMs: Readonly<Record<TokenPurpose, number>> = { link: 60_000, cookie: 12 * 3_600_000 };

export interface TokenCheck {
  readonly key: Buffer;
  readonly purpose: TokenPurpose;
  readonly subject: TokenSubject;
  readonly nowMs: number;
  /** Tokens issued at or before it are void. */
  readonly revokedBeforeMs: number | undefined;
}

// Another host's clock may be ahead by as much, when it has issued the token.
const skewMs = 30_000;
const tokenForm = /^([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

/** @returns `<issued>.<expires>.<signature>`: milliseconds since 1970 in base 36, and an HMAC-SHA256. */
export function issueToken(key: Buffer, purpose: TokenPurpose, subject: TokenSubject, nowMs: number): string {
  const times = `${nowMs.toString(36)}.${(nowMs + tokenLifeMs[purpose]).toString(36)}`;
  return `${times}.${signature(key, purpose, subject, times).toString("base64url")}`;
}

/** Whether the token was issued with this key for this purpose and subject, and counts now. */
export function acceptsToken(token: string, check: TokenCheck): boolean {
  const [, issued, expires, claimed] = tokenForm.exec(token) ?? [];
  if (issued === undefined || expires === undefined || claimed === undefined) return false;
  const right = signature(check.key, check.purpose, check.subject, `${issued}.${expires}`);
  // Compared as bytes, the last letter of Base64 has forms that mean the same; as text it has one.
  if (!timingSafeEqual(Buffer.from(right.toString("base64url")), Buffer.from(claimed))) return false;
  const issuedMs = parseInt(issued, 36);
  return (
    issuedMs <= check.nowMs + skewMs &&
    check.nowMs < parseInt(expires, 36) &&
    (check.revokedBeforeMs === undefined || issuedMs > check.revokedBeforeMs)
  );
}

function signature(key: Buffer, purpose: TokenPurpose, { uid, user, host }: TokenSubject, times: string): Buffer {
  const signed = JSON.stringify([`kasm-vdi ${purpose} 1`, uid, host, user, times]);
  return createHmac("sha256", key).update(signed).digest();
}
