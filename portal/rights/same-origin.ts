import type { IncomingMessage } from "node:http";

/**
 * Whether a request is of the portal's own pages, by what the browser says and no page can set. Desktops are of the same site, so
 * that SameSite cookies do not tell their pages from ours.
 *
 * @param origin of the portal
 */
export function isOfOwnPages({ headersDistinct: headers }: Pick<IncomingMessage, "headersDistinct">, origin: string) {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && (site.length > 1 || site[0] !== "same-origin")) return false;
  const given = headers["origin"];
  return given?.length === 1 && given[0] === origin;
}

/** Whether another page reads, which it could not see the answer of, but keep streams open by: a person's own request is none. */
export function isReadByOthers({ headersDistinct: headers }: Pick<IncomingMessage, "headersDistinct">): boolean {
  const site = headers["sec-fetch-site"];
  return site !== undefined && !site.every((it) => it === "same-origin" || it === "none");
}
