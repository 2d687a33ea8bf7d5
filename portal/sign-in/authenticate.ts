import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Reviewed } from "../../operator/access/reviews.ts";
import { Refusal } from "../api/problem.ts";
import { personOf } from "../rights/person.ts";
import type { Person } from "../rights/person.ts";
import type { HeaderSettings, OidcSettings } from "../settings.ts";
import { readCookie } from "./cookies.ts";
import { cameByOwnRoute } from "./own-route.ts";
import type { Seal } from "./seal.ts";

/** Somebody who is known, and how. */
export interface Known {
  readonly person: Person;
  readonly by: "oidc" | "header" | "token";
  /** When the sign-in ends; undefined where others see to that. */
  readonly expiresMs?: number;
  readonly issuedMs?: number;
}

export interface AuthenticateOptions {
  readonly seal: Seal;
  readonly signIn: OidcSettings | HeaderSettings;
  /** What our own route adds; only where the site signs people in. */
  readonly proxySecret?: string | undefined;
  readonly adminGroups: readonly string[];
  /** Whose a token of the cluster is; undefined for nobody's. */
  readonly review: (token: string) => Promise<Reviewed | undefined>;
  /** Whether RBAC lets somebody act for others on all sessions. */
  readonly mayActForAll: (reviewed: Reviewed) => Promise<boolean>;
}

/** What the cookie of a session holds. Who is an administrator is judged at each request. */
export const sessionCookie = z.object({ user: z.string(), groups: z.array(z.string()) });

/** Who makes a request: by a token of the cluster, else by the header of the site's middleware or our own cookie. */
export function authenticate(options: AuthenticateOptions): (request: IncomingMessage) => Promise<Known | undefined> {
  return async (request) => {
    const token = bearerToken(request);
    if (token !== undefined) return byToken(token, options);
    return options.signIn.kind === "header" ? byHeader(request, options.signIn, options) : byCookie(request, options);
  };
}

async function byToken(token: string, { review, mayActForAll }: AuthenticateOptions): Promise<Known> {
  const reviewed = await review(token);
  if (!reviewed)
    throw new Refusal(401, "The cluster does not know this token.", {
      "WWW-Authenticate": 'Bearer error="invalid_token"',
    });
  // The API server's own word: its users and groups may begin with `system:`.
  const person = { user: reviewed.user, groups: reviewed.groups ?? [], isAdmin: await mayActForAll(reviewed) };
  return { person, by: "token" };
}

function byHeader(
  request: IncomingMessage,
  { userHeader, groupsHeader }: HeaderSettings,
  { adminGroups, proxySecret }: AuthenticateOptions,
): Known | undefined {
  if (proxySecret === undefined || !cameByOwnRoute(request, proxySecret))
    throw new Refusal(401, "Nobody is signed in: this request did not come by the portal's own route.");
  const { headersDistinct: headers } = request;
  const users = headers[userHeader] ?? [];
  const groups = groupsHeader === undefined ? [] : (headers[groupsHeader] ?? []);
  // The middleware sets each once: a second one is somebody else's.
  if (users.length > 1 || groups.length > 1) throw new Refusal(400, "A header of the sign-in is there twice.");
  if (users[0] === undefined || users[0] === "") return undefined;
  const person = personOf(
    utf8(users[0]),
    utf8(groups[0] ?? "")
      .split(",")
      .map((it) => it.trim()),
    adminGroups,
  );
  if ("refused" in person) throw new Refusal(403, `Nobody is signed in: ${person.refused}.`);
  return { person, by: "header" };
}

async function byCookie(request: IncomingMessage, options: AuthenticateOptions): Promise<Known | undefined> {
  const sealed = readCookie(request.headers, "session");
  const opened = sealed === undefined ? undefined : await options.seal.open("session", sealed, sessionCookie);
  if (!opened) return undefined;
  const person = personOf(opened.content.user, opened.content.groups, options.adminGroups);
  return "refused" in person
    ? undefined
    : { person, by: "oidc", expiresMs: opened.expiresMs, issuedMs: opened.issuedMs };
}

const longestToken = 16_384;

function bearerToken({ headersDistinct }: IncomingMessage): string | undefined {
  const values = headersDistinct["authorization"];
  if (values === undefined) return undefined;
  const [, token] = /^bearer +([\x21-\x7e]+)$/i.exec(values[0] ?? "") ?? [];
  if (values.length > 1 || token === undefined || token.length > longestToken)
    throw new Refusal(401, "Send `Authorization: Bearer TOKEN`.", { "WWW-Authenticate": "Bearer" });
  return token;
}

// Node gives a header's bytes as letters of Latin-1.
function utf8(header: string): string {
  return Buffer.from(header, "latin1").toString("utf8");
}
