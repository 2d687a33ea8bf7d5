import type { IncomingMessage } from "node:http";
import { apiMessage } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import { desktopName, hostOf, sessionId } from "../resources/names.ts";
import { addressOf, pageAnswer, redirect } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { knows } from "../credentials/stream-credentials.ts";
import type { Credentials, ReadCredentials } from "../credentials/stream-credentials.ts";
import { admit, desktopState, revokedBeforeMs, tokenSubject } from "./decide.ts";
import type { Refusal } from "./decide.ts";
import type { Holds } from "./holds.ts";
import { RateLimit } from "./rate-limit.ts";
import { noPasswordPage, notWakingPage, refusalPages, stalePage, stuckPage, suspendedPage } from "./pages.ts";
import { throttledPage, unavailablePage, waitingPage, wakingPage } from "./pages.ts";
import type { Page } from "./pages.ts";
import { RecentWork } from "./recent-work.ts";
import { issueToken, tokenLifeMs } from "./tokens.ts";
import { cookieName, readRequest, waitingUrl } from "./request.ts";
import type { DesktopRequest } from "./request.ts";

/** What became of a request, for metrics. */
export type AccessOutcome =
  "entered" | "signed-in" | "waiting" | "throttled" | "failed" | "stale" | "unreachable" | Refusal;

/** Writes what happened, with the session's key, and never an address, a header or a credential. */
export type AccessLog = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, string>>,
) => void;

export interface ForwardAuthOptions {
  /** Base domain; sessions have names below it. */
  readonly domain: string;
  /** Signs links and cookies. */
  readonly key: Buffer;
  readonly sessions: {
    byHost(host: string): VDISession | undefined;
    template(name: string): VDITemplate | undefined;
  };
  readonly credentials: ReadCredentials;
  /** Sets a suspended session going; may be called again when it has rejected, or after 10 s. */
  readonly wake: (session: VDISession) => Promise<void>;
  /**
   * Header with the user's name that a middleware before ours sets, believed as it comes where Traefik asks at the secret
   * path: whoever may write Middlewares of their own can have Traefik ask as they like, but only ours know it.
   */
  readonly userHeader?: { readonly name: string; readonly path: string } | undefined;
  readonly observe?: (outcome: AccessOutcome) => void;
  /** Whether what is known is too old to let anybody in by it. Default: never. */
  readonly isStale?: () => boolean;
  readonly clock: Clock;
  /** Why nothing may be ended by time now; undefined while the clocks agree. Default: they do. */
  readonly timeDoubt?: () => string | undefined;
  readonly log: AccessLog;
}

// A page of a desktop is dozens of requests at once; a pod that was replaced has its own password soon enough.
const credentialsKeptMs = 10_000;
// The cache that says "suspended" has heard of the patch by then.
const wakingMs = 10_000;

/** Answers Traefik's question whether a request may go on to a desktop. */
export class ForwardAuth {
  readonly #options: ForwardAuthOptions;
  readonly #limit = new RateLimit();
  readonly #credentials;
  readonly #waking;
  readonly #holds: Holds;

  /** @param holds released when this replica ends */
  constructor(options: ForwardAuthOptions, holds: Holds) {
    this.#options = options;
    this.#credentials = new RecentWork<Credentials | undefined>(options.clock, credentialsKeptMs);
    this.#waking = new RecentWork<undefined>(options.clock, wakingMs);
    this.#holds = holds;
  }

  /** @param believesHeader whether the question came by the secret path */
  async answer(asked: Pick<IncomingMessage, "headers" | "headersDistinct">, believesHeader = false): Promise<Answer> {
    const request = readRequest(asked, believesHeader ? this.#options.userHeader?.name : undefined);
    if (this.#options.isStale?.() === true) {
      this.#options.observe?.("stale");
      return pageAnswer(stalePage, request?.isNavigation ?? false);
    }
    const session = request && this.#options.sessions.byHost(request.host);
    if (!session || hostOf(session, this.#options.domain) !== request.host) {
      this.#options.observe?.("unknown-host");
      return pageAnswer(refusalPages["unknown-host"], request?.isNavigation ?? false);
    }
    const answer = await this.#authorize(request, session).catch((error: unknown) => {
      this.#log("error", session, `a request could not be answered: ${apiMessage(error)}`);
      return this.#page("failed", unavailablePage, request);
    });
    // Tells whoever probes a route that it is live, whatever the answer is.
    return { ...answer, headers: { ...answer.headers, "X-Vdi-Session": sessionId(session) } };
  }

  async #authorize(request: DesktopRequest, session: VDISession, wasHeld = false): Promise<Answer> {
    const { key, sessions, clock } = this.#options;
    const nowMs = clock.date().getTime();
    const isTimeInDoubt = this.#options.timeDoubt?.() !== undefined;
    const template = sessions.template(session.spec.template);
    const admission = admit(request, session, { key, nowMs, isTimeInDoubt, template });
    switch (admission.kind) {
      case "refused":
        return this.#refuse(admission.why, request, session);
      case "password":
        return this.#password(admission, request, session);
      case "admitted":
        if (admission.by === "link") return this.#signIn("link", request, session);
        // A link that was used before opens nothing, but is no reason to turn away who is inside.
        if (request.linkToken !== undefined && request.isNavigation) return redirect(request);
        return waits(request, session) && !wasHeld
          ? this.#enterInTime(request, session)
          : this.#enter(request, session);
    }
  }

  /** Who asks again by itself is kept waiting until there is something new, and judged by what is known then. */
  async #enterInTime(request: DesktopRequest, session: VDISession): Promise<Answer> {
    const stands = (it: VDISession | undefined) =>
      it !== undefined && it.metadata.uid === session.metadata.uid && waits(request, it);
    const present = () => this.#options.sessions.byHost(request.host);
    await this.#holds.until(() => !stands(present()));
    const now = present();
    return now
      ? this.#authorize(request, now, true)
      : this.#page("unknown-host", refusalPages["unknown-host"], request);
  }

  /** The next question of a page is held here; where there is no room for it, it comes later. */
  #againAfterSeconds({ isNavigation }: DesktopRequest): number {
    return isNavigation && this.#holds.hasRoom ? 0 : 3;
  }

  async #password(
    given: { user: string; password: string },
    request: DesktopRequest,
    session: VDISession,
  ): Promise<Answer> {
    const credentials = await this.#credentialsOf(session);
    // From here to the result nothing else runs, so that passwords at the same time are counted one by one.
    const { clock } = this.#options;
    const id = session.metadata.uid ?? "";
    const waitMs = this.#limit.waitMs(id, clock.now());
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      return this.#page("throttled", throttledPage(seconds), request, { "Retry-After": seconds.toFixed() });
    }
    if (credentials === undefined) return this.#refuse("sign-in", request, session);
    if (!knows(given, credentials)) {
      this.#limit.wrong(id, clock.now());
      this.#log("warn", session, "wrong user or password");
      return this.#refuse("wrong-password", request, session);
    }
    this.#limit.right(id);
    return request.isNavigation ? this.#signIn("password", request, session) : this.#enter(request, session);
  }

  #signIn(by: string, request: DesktopRequest, session: VDISession): Answer {
    const { key, clock } = this.#options;
    this.#log("info", session, `signed in by ${by}`);
    this.#options.observe?.("signed-in");
    const token = issueToken(key, "cookie", tokenSubject(session, request.host), clock.date().getTime());
    return redirect(request, {
      "Set-Cookie":
        `${cookieName}=${token}; Path=/; Secure; HttpOnly; SameSite=Lax; ` +
        `Max-Age=${(tokenLifeMs.cookie / 1000).toFixed()}`,
    });
  }

  async #enter(request: DesktopRequest, session: VDISession): Promise<Answer> {
    const desktop = desktopState(session);
    switch (desktop.kind) {
      case "asleep":
        return this.#wake(request, session);
      case "starting":
        return this.#page("waiting", waitingPage(desktop.message, this.#againAfterSeconds(request)), request);
      case "stuck":
        return this.#page("waiting", stuckPage(desktop.message), request);
      case "ready":
        break;
    }
    // Out of the address bar with it: from now on a reload is a person's.
    if (request.isWaiting && request.isNavigation) return redirect(request);
    const credentials = await this.#credentialsOf(session);
    if (credentials === undefined) return this.#page("waiting", noPasswordPage, request);
    this.#options.observe?.("entered");
    const basic = Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64");
    return {
      status: 200,
      // Traefik puts both in the place of the visitor's own, and leaves out what is not here.
      headers: {
        Authorization: `Basic ${basic}`,
        ...(request.desktopCookies !== "" && { Cookie: request.desktopCookies }),
        "Cache-Control": "no-store",
      },
      body: "",
    };
  }

  /**
   * Only for a person who opens the desktop: what a forgotten page asks for by itself must not wake it, neither the
   * desktop's page nor one of ours that waits. Whoever reloads that one is told by the browser (Sec-Fetch-User).
   */
  async #wake(request: DesktopRequest, session: VDISession): Promise<Answer> {
    if (!request.isNavigation || (request.isWaiting && !request.fetch.isUserActivated))
      return this.#page("waiting", suspendedPage, request);
    const { uid = "", generation = 0 } = session.metadata;
    try {
      // Suspended another time, it has another generation.
      await this.#waking.once(`${uid} ${generation}`, async () => {
        await this.#options.wake(session);
        this.#log("info", session, "woken by a request");
        return undefined;
      });
      return this.#page("waiting", wakingPage(this.#againAfterSeconds(request)), request);
    } catch (error) {
      this.#log("error", session, `could not be woken: ${apiMessage(error)}`);
      return this.#page("failed", notWakingPage, request);
    }
  }

  /** Those that still count: a Secret from before a revocation goes as its pod does. */
  async #credentialsOf(session: VDISession): Promise<Credentials | undefined> {
    const name = session.status?.credentialsSecretName ?? desktopName(session);
    const revokedMs = revokedBeforeMs(session) ?? -Infinity;
    const { podName = "" } = session.status ?? {};
    const credentials = await this.#credentials.once(`${name} ${podName} ${revokedMs}`, () =>
      this.#options.credentials(name),
    );
    return credentials !== undefined && credentials.createdMs > revokedMs ? credentials : undefined;
  }

  #refuse(why: Refusal, request: DesktopRequest, session: VDISession): Answer {
    if (why !== "sign-in") this.#log("info", session, `refused: ${refusalPages[why].title.toLowerCase()}`);
    const { status } = refusalPages[why];
    const headers = status === 401 ? { "WWW-Authenticate": 'Basic realm="desktop", charset="UTF-8"' } : undefined;
    return this.#page(why, refusalPages[why], request, headers);
  }

  #page(
    outcome: AccessOutcome,
    page: Page,
    request: DesktopRequest,
    headers?: Readonly<Record<string, string>>,
  ): Answer {
    this.#options.observe?.(outcome);
    return pageAnswer(page, request.isNavigation, headers, { again: waitingUrl(request), open: addressOf(request) });
  }

  #log(level: "info" | "warn" | "error", session: VDISession, message: string): void {
    const { namespace = "", name } = session.metadata;
    this.#options.log(level, message, { session: `${namespace}/${name}` });
  }
}

/** What no person has asked for, and what there is nothing new to say to: a page that waits, a page that was left open. */
function waits({ isNavigation, isWaiting, fetch }: DesktopRequest, session: VDISession): boolean {
  const { kind } = desktopState(session);
  if (!isNavigation) return kind === "asleep";
  return isWaiting && !fetch.isUserActivated && (kind === "asleep" || kind === "starting");
}
