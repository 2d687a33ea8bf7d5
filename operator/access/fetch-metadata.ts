/** What a browser says about who makes a request (W3C Fetch Metadata): headers that no page can set. */
export interface FetchMetadata {
  /** `same-origin`, `same-site`, `cross-site`, or `none` for what a person asked for. Desktops are of one site. */
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly dest: string | undefined;
  /** A person's click, address bar or reload led here. Safari does not say. */
  readonly isUserActivated: boolean;
}

/**
 * Whether another page makes the request, with the cookies and passwords that the browser adds to it. Other pages may
 * lead a person to a desktop, as to any page, and nothing else: no form, frame, picture, script or WebSocket.
 */
export function isFromOtherPage({
  origin,
  authority,
  method,
  isWebSocket,
  fetch: { site, mode, dest },
}: {
  readonly origin: string | undefined;
  /** Host of the desktop as the browser has it, port included. */
  readonly authority: string;
  readonly method: string;
  readonly isWebSocket: boolean;
  readonly fetch: FetchMetadata;
}): boolean {
  // Under Referrer-Policy no-referrer a page's own forms say `Origin: null`, as sandboxed frames and other sites may do.
  const isOurs = origin === `https://${authority}` || (origin === "null" && site === "same-origin");
  if (origin !== undefined && !isOurs) return true;
  // Programs, and browsers from before 2023, send none.
  if (site === undefined || site === "same-origin" || site === "none") return false;
  const isTopLevel = mode === "navigate" && (dest ?? "document") === "document";
  return !(isTopLevel && method === "GET" && !isWebSocket);
}
