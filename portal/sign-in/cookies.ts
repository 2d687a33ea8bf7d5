import type { IncomingHttpHeaders } from "node:http";

/** Browsers hold `__Host-` cookies to one host and to TLS: no desktop, on a host beside ours, can set or read them. */
export const cookieNames = {
  session: "__Host-portal",
  renewal: "__Host-portal-renewal",
  flow: "__Host-portal-flow",
} as const;

export type CookieName = keyof typeof cookieNames;

/** The first of the cookies with a name; a browser sends one. */
export function readCookie({ cookie = "" }: IncomingHttpHeaders, name: CookieName): string | undefined {
  const start = `${cookieNames[name]}=`;
  for (const part of cookie.split(";")) {
    const pair = part.trim();
    if (pair.startsWith(start)) return pair.slice(start.length);
  }
  return undefined;
}

/** @param lifeSeconds 0 takes it away */
export function cookieHeader(name: CookieName, value: string, lifeSeconds: number): string {
  // Lax: who comes by a link from elsewhere is signed in, and so is who comes back from the issuer.
  return `${cookieNames[name]}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${lifeSeconds}`;
}
