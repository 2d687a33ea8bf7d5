import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { FetchMetadata } from "./fetch-metadata.ts";

/** Cookie that lets a browser back in. Browsers hold `__Host-` cookies to one host, and to TLS. */
export const cookieName = "__Host-vdi-session";

/** Parameter of a link's address that carries its token. */
export const linkParameter = "vdi_token";

/** Parameter of the address at which a waiting page asks again: no person has asked then. */
export const waitingParameter = "vdi_waiting";

/** One request to a desktop, as Traefik tells of it. */
export interface DesktopRequest {
  /** Lower case, without port and final dot. */
  readonly host: string;
  /** Host as the browser has it in its address bar, port included. */
  readonly authority: string;
  /** Path and query as they came, without the parameters of ours. */
  readonly path: string;
  /** Token of a link; "" for one that is not readable. */
  readonly linkToken: string | undefined;
  /** Values of our own cookie, as many as are there. */
  readonly cookies: readonly string[];
  /** Cookie header with what is the desktop's own business: cookies that let people in are not. */
  readonly desktopCookies: string;
  readonly password: { readonly user: string; readonly password: string } | undefined;
  /** Name that a middleware before ours has found out; only when that is configured. */
  readonly signedInUser: string | undefined;
  readonly origin: string | undefined;
  readonly method: string;
  readonly fetch: FetchMetadata;
  /** A waiting page asks again by itself. */
  readonly isWaiting: boolean;
  readonly isWebSocket: boolean;
  /** Somebody opens a page: an answer in HTML is read, a redirect followed. */
  readonly isNavigation: boolean;
}

// Of a request with more cookies of our name only as many are looked at: each costs a signature.
const mostCookies = 4;

/**
 * @param userHeader header that is believed to hold the user's name, as configured
 * @returns undefined for a request that Traefik would not make: no host, or a header that must be there once is there
 *   twice
 */
export function readRequest(
  request: Pick<IncomingMessage, "headers" | "headersDistinct">,
  userHeader: string | undefined,
): DesktopRequest | undefined {
  const { headers, headersDistinct: values } = request;
  const once = [...deciding];
  if (userHeader !== undefined) once.push(userHeader.toLowerCase());
  if (once.some((name) => (values[name]?.length ?? 0) > 1)) return undefined;
  const one = (name: string) => values[name]?.[0];

  const host = hostName(one("x-forwarded-host") ?? "");
  if (host === undefined) return undefined;
  const address = withoutParameters(one("x-forwarded-uri") ?? "/");
  const method = one("x-forwarded-method") ?? "GET";
  const isWebSocket = isUpgrade(headers, method);
  const signedInUser = userHeader === undefined ? undefined : one(userHeader.toLowerCase());
  return {
    ...host,
    ...address,
    ...cookies(headers.cookie ?? ""),
    password: basicPassword(one("authorization") ?? ""),
    // An empty header is that of a middleware which let somebody pass unknown.
    signedInUser: signedInUser === undefined || signedInUser === "" ? undefined : unicode(signedInUser),
    origin: one("origin"),
    method,
    fetch: {
      site: one("sec-fetch-site"),
      mode: one("sec-fetch-mode"),
      dest: one("sec-fetch-dest"),
      isUserActivated: one("sec-fetch-user") === "?1",
    },
    isWebSocket,
    isNavigation:
      method === "GET" &&
      !isWebSocket &&
      (headers.accept ?? "").includes("text/html") &&
      (headers["sec-fetch-mode"] ?? "navigate") === "navigate",
  };
}

function hostName(text: string): { host: string; authority: string } | undefined {
  const [, name, port = ""] = /^([a-z0-9](?:[-a-z0-9.]{0,252}[a-z0-9])?)\.?(:\d{1,5})?$/.exec(text.toLowerCase()) ?? [];
  return name === undefined ? undefined : { host: name, authority: `${name}${port}` };
}

/** Headers that decide, and so must not be there twice. */
const deciding = [
  ...["x-forwarded-host", "x-forwarded-uri", "x-forwarded-method", "authorization", "origin"],
  ...["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"],
];

/**
 * Takes our parameters out of an address. The rest stays as it was written: what a desktop reads from its query is not
 * ours to decode. A redirect leads to `https://<our host><path>`, so the path begins with a slash whatever was asked.
 */
function withoutParameters(uri: string): Pick<DesktopRequest, "path" | "linkToken" | "isWaiting"> {
  const [address = ""] = uri.split("#");
  const at = address.indexOf("?");
  const path = escaped((at < 0 ? address : address.slice(0, at)).replace(/^[^/].*$/, "/") || "/");
  if (at < 0) return { path, linkToken: undefined, isWaiting: false };
  const parts = address.slice(at + 1).split("&");
  const isToken = (part: string) => part === linkParameter || part.startsWith(`${linkParameter}=`);
  const rest = parts.filter((part) => !isToken(part) && part !== waitingParameter).join("&");
  const tokens = parts.filter(isToken).map((part) => part.slice(linkParameter.length + 1));
  return {
    path: rest === "" ? path : `${path}?${escaped(rest)}`,
    linkToken: tokens.length > 1 ? "" : tokens[0],
    isWaiting: parts.includes(waitingParameter),
  };
}

/** The address that a waiting page asks again at. */
export function waitingUrl({ authority, path }: Pick<DesktopRequest, "authority" | "path">): string {
  return `https://${authority}${path}${path.includes("?") ? "&" : "?"}${waitingParameter}`;
}

/** Bytes that a Location header may not hold, as they would stand in an address. */
function escaped(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

// Traefik takes Upgrade and Connection out of what it asks us, for they are about one connection, and leaves these.
function isUpgrade(headers: IncomingHttpHeaders, method: string): boolean {
  return (
    method === "CONNECT" ||
    headers["sec-websocket-key"] !== undefined ||
    headers["sec-websocket-version"] !== undefined ||
    headers["sec-fetch-mode"] === "websocket"
  );
}

// A cookie of oauth2-proxy opens every desktop of its user, so no desktop may see it; it comes in parts with a suffix.
const signInCookies = /^_oauth2_proxy/;

function cookies(header: string): Pick<DesktopRequest, "cookies" | "desktopCookies"> {
  const pairs = header.split(";").map((pair) => pair.trim());
  const nameOf = (pair: string) => pair.split("=", 1)[0] ?? "";
  return {
    cookies: pairs
      .filter((pair) => nameOf(pair) === cookieName)
      .slice(0, mostCookies)
      .map((pair) => pair.slice(cookieName.length + 1)),
    desktopCookies: pairs
      .filter((pair) => pair !== "" && nameOf(pair) !== cookieName && !signInCookies.test(pair))
      .join("; "),
  };
}

function basicPassword(authorization: string): { user: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = utf8(Buffer.from(encoded, "base64"));
  const colon = text?.indexOf(":") ?? -1;
  return text === undefined || colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

// Node gives a header's bytes as letters of Latin-1. What is no UTF-8 stays so: it is nobody's name that we know.
function unicode(header: string): string {
  return utf8(Buffer.from(header, "latin1")) ?? header;
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
