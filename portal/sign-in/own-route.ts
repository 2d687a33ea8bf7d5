import type { IncomingMessage } from "node:http";
import { isSameSecret } from "../../kube/same-secret.ts";

/** Header by which the portal's own route tells that a request came by it; the name is a contract with components/portal. */
export const proxyHeader = "x-vdi-proxy";

/**
 * Whether a request came by the portal's own route, and so through the site's sign-in. Whoever may make a route of Traefik's can
 * have it ask the portal as well, with headers of their choosing.
 *
 * @param secret which only that route adds
 */
export function cameByOwnRoute({ headersDistinct }: Pick<IncomingMessage, "headersDistinct">, secret: string): boolean {
  const given = headersDistinct[proxyHeader] ?? [];
  return given.length === 1 && isSameSecret(given[0] ?? "", secret);
}
