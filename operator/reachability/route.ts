import type { Check } from "../view/session-view.ts";
import { NoAnswerError, sendProbe } from "./probe-request.ts";
import { authorization } from "./stream.ts";
import type { Credentials, LookContext } from "./stream.ts";

/** A session's address, and where Traefik is asked for it. */
export interface RouteTarget {
  readonly host: string;
  /** Traefik's Service, for example `https://traefik.kube-system.svc`. */
  readonly traefikUrl: string;
  /** Id of the session that the gateway has to name; left out where the image itself asks for the password. */
  readonly sessionId?: string;
}

/** Header by which the gateway says for which session it was asked. */
export const sessionHeader = "x-vdi-session";

/**
 * Asks Traefik for a session's host. An IngressRoute has no status: only this tells that Traefik has taken it up, which is
 * up to 2 s after it was made (providersThrottleDuration).
 *
 * @param credentials sent only where the image itself asks for the password
 */
export async function checkRoute(target: RouteTarget, credentials: Credentials, context: LookContext): Promise<Check> {
  const { host, traefikUrl, sessionId } = target;
  try {
    const { status, header, body } = await sendProbe(context.agent, new URL("/", traefikUrl), {
      // The name that TLS asks for (SNI) follows from the host. KasmVNC locks out an address that comes without a password
      // several times, and here this would be Traefik's; the gateway needs none.
      headers: { host, ...(sessionId === undefined ? authorization(credentials) : {}) },
      mostBytes: 64 * 1024,
      signal: context.signal,
    });
    const named = header(sessionHeader);
    if (status === 404 && named === undefined && body.trim() === "404 page not found")
      return {
        ok: false,
        message: `Traefik has no route for ${host} yet: it takes up an IngressRoute within some seconds.`,
      };
    if (status >= 500)
      return {
        ok: false,
        message: `Traefik has the route for ${host}, but answers with HTTP ${status}: it does not reach the desktop or the gateway.`,
      };
    if (sessionId !== undefined && named === undefined)
      return {
        ok: false,
        message: `${host} is answered by something else than the gateway: look for an Ingress or IngressRoute with this host, or a wildcard, and a higher priority.`,
      };
    if (sessionId !== undefined && named !== sessionId)
      return { ok: false, message: `${host} leads to another session: look for a second IngressRoute with this host.` };
    return { ok: true, message: `${host} answers through Traefik.` };
  } catch (error) {
    if (error instanceof NoAnswerError) return { ok: false, message: `Traefik at ${traefikUrl} ${error.message}.` };
    throw error;
  }
}
