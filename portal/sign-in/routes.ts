import type { IncomingMessage } from "node:http";
import { Refusal } from "../api/problem.ts";
import type { Known } from "./authenticate.ts";
import { cookieHeader, readCookie } from "./cookies.ts";
import { flowSchema, SignInError } from "./oidc.ts";
import type { Oidc, SignedIn } from "./oidc.ts";
import type { Seal } from "./seal.ts";
import { z } from "zod";

/** How long a sign-in counts before the issuer is asked again. */
export const sessionSeconds = 3_600;
const flowSeconds = 600;
// The issuer's own limits end it sooner.
const renewalSeconds = 12 * 3_600;
// Two tabs at once: the second finds it done, and does not use up a token that the first has rotated.
const freshMs = 30_000;

const renewalSchema = z.object({ user: z.string(), token: z.string() });

/** Is told whose request to the issuer comes next, and throws where they ask too often. */
export type Admit = (whose: string) => void;

export interface SignInAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: object;
}

/** Leads through the sign-in at the issuer, and keeps what the browser has to keep in sealed cookies. */
export class SignInRoutes {
  readonly #oidc: Pick<Oidc, "begin" | "complete" | "renew" | "signOutLocation">;
  readonly #seal: Seal;
  readonly #log: (message: string, cause: unknown) => void;

  constructor(
    oidc: Pick<Oidc, "begin" | "complete" | "renew" | "signOutLocation">,
    seal: Seal,
    log: (message: string, cause: unknown) => void,
  ) {
    this.#oidc = oidc;
    this.#seal = seal;
    this.#log = log;
  }

  /** To the issuer. */
  async begin(query: URLSearchParams): Promise<SignInAnswer> {
    const { location, flow } = await this.#oidc.begin(ownPath(query.get("return")));
    const sealed = await this.#seal.seal("flow", flow, flowSeconds);
    return redirect(location, [cookieHeader("flow", sealed, flowSeconds)]);
  }

  /**
   * Back from the issuer: in, or back to the page with why not.
   *
   * @param admit told of the sign-in that was begun
   */
  async callback(request: Pick<IncomingMessage, "headers">, query: string, admit: Admit): Promise<SignInAnswer> {
    const sealed = readCookie(request.headers, "flow");
    const flow = sealed === undefined ? undefined : await this.#seal.open("flow", sealed, flowSchema);
    const over = cookieHeader("flow", "", 0);
    // Begun in another browser, or so long ago: whoever sent the person here must not sign her in as somebody else.
    if (!flow) return redirect("/?sign-in=again", [over]);
    admit(flow.content.state);
    try {
      const signedIn = await this.#oidc.complete(query, flow.content);
      return redirect(flow.content.returnTo, [over, ...(await this.#cookies(signedIn))]);
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      this.#log(`somebody could not sign in: ${error.message}`, error.cause);
      return redirect("/?sign-in=failed", [over]);
    }
  }

  /**
   * A new hour for whoever the issuer still knows.
   *
   * @param admit told of the user
   */
  async renew(
    request: Pick<IncomingMessage, "headers">,
    known: Known | undefined,
    nowMs: number,
    admit: Admit,
  ): Promise<SignInAnswer> {
    if (known?.issuedMs !== undefined && nowMs - known.issuedMs < freshMs)
      return { status: 200, headers: {}, body: { expiresAt: isoTime(known.expiresMs ?? nowMs) } };
    const sealed = readCookie(request.headers, "renewal");
    const opened = sealed === undefined ? undefined : await this.#seal.open("renewal", sealed, renewalSchema);
    if (!opened) throw new Refusal(401, "Sign in again.");
    admit(opened.content.user);
    try {
      const cookies = await this.#cookies(await this.#oidc.renew(opened.content.token));
      return {
        status: 200,
        headers: { "Set-Cookie": cookies },
        body: { expiresAt: isoTime(nowMs + sessionSeconds * 1_000) },
      };
    } catch (error) {
      if (error instanceof SignInError) throw new Refusal(401, "Sign in again.");
      throw error;
    }
  }

  /** Out here, and the address at which to sign out at the issuer, which is asked about itself once for all. */
  async signOut(): Promise<SignInAnswer> {
    const location = await this.#oidc.signOutLocation().catch(() => undefined);
    const cookies = (["session", "renewal", "flow"] as const).map((name) => cookieHeader(name, "", 0));
    return { status: 200, headers: { "Set-Cookie": cookies }, body: { location: location ?? "/" } };
  }

  async #cookies({ person: { user, groups }, refreshToken }: SignedIn): Promise<string[]> {
    const session = await this.#seal.seal("session", { user, groups }, sessionSeconds);
    if (refreshToken === undefined) return [cookieHeader("session", session, sessionSeconds)];
    const renewal = await this.#seal.seal("renewal", { user, token: refreshToken }, renewalSeconds);
    return [cookieHeader("session", session, sessionSeconds), cookieHeader("renewal", renewal, renewalSeconds)];
  }
}

/** A path of the portal's own pages, for a redirect after the sign-in; the first page for all else. */
export function ownPath(path: string | null): string {
  return path !== null && /^\/(sessions\/[a-z0-9.-]{1,253}|admin|new\/[a-z0-9.-]{1,253})$/.test(path) ? path : "/";
}

function redirect(location: string, cookies: string[]): SignInAnswer {
  return { status: 303, headers: { Location: location, "Set-Cookie": cookies, "Cache-Control": "no-store" } };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
