import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { apiMessage } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { closeGracefully, listen, timeoutsBehindTraefik } from "../../kube/http-listener.ts";
import type { apiHandlers } from "../api/handlers.ts";
import { openApi } from "../api/openapi.ts";
import { problemOf, Refusal } from "../api/problem.ts";
import { findOperation, operations } from "../api/routes.ts";
import type { Operation } from "../api/routes.ts";
import { isOfOwnPages, isReadByOthers } from "../rights/same-origin.ts";
import type { Known } from "../sign-in/authenticate.ts";
import type { SignInAnswer, SignInRoutes } from "../sign-in/routes.ts";
import type { Assets } from "./assets.ts";
import { securityHeaders } from "./headers.ts";
import { Limits } from "./limits.ts";

export interface PortalServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string | undefined;
  /** Where browsers reach it. */
  readonly url: URL;
  readonly authenticate: (request: IncomingMessage) => Promise<Known | undefined>;
  /** Undefined where a middleware of the site signs people in. */
  readonly signIn: SignInRoutes | undefined;
  readonly handlers: ReturnType<typeof apiHandlers>;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly observe: (outcome: { operation: string; status: number }) => void;
  readonly log: (level: "warn" | "error", message: string) => void;
}

export interface PortalServer {
  readonly port: number;
  /** Each answer from now on ends its connection, so that who asks again asks another replica. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

/** Serves pages, sign-in and /api/v1. Every replica may answer everything: what a person has is in her cookies. */
export async function servePortal(options: PortalServerOptions): Promise<PortalServer> {
  const { url, authenticate, signIn, handlers, assets, clock, observe, log } = options;
  const always = securityHeaders(url);
  const limits = new Limits(clock);
  const document = openApi(url.origin);
  let isDraining = false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
    if (path.startsWith("/api/v1/")) return answerApi(request, response, path.slice("/api/v1".length), query);
    if (path.startsWith("/sign-in/") || path === "/sign-out") {
      const { status, headers, body } = await answerSignIn(request, path, query);
      const type = body && { "Content-Type": "application/json" };
      response.writeHead(status, { "Cache-Control": "no-store", ...type, ...headers });
      response.end(body && JSON.stringify(body));
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(["GET", "HEAD"]);
    const found = assets.find(path, request);
    if (!found) throw new Refusal(404, "There is no such page.");
    response.writeHead(200, { ...found.headers, "Content-Length": found.body.length });
    response.end(request.method === "HEAD" ? undefined : found.body);
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, path: string, query: string) {
    if (path === "/openapi.json" && request.method === "GET") {
      json(response, 200, document);
      return;
    }
    const found = findOperation(request.method ?? "", path);
    if ("allowed" in found)
      throw found.allowed.length > 0 ? notAllowed(found.allowed) : new Refusal(404, "There is no such operation.");
    const operation: Operation = operations[found.name];
    response.once("close", () => observe({ operation: found.name, status: response.statusCode }));
    const known = await whoAsks(request);
    if (!known) throw new Refusal(401, "Nobody is signed in.", { "WWW-Authenticate": "Bearer" });
    const isChange = operation.method !== "get";
    refuseOthers(request, known, isChange);
    limits.request(known.person.user, isChange);
    if (operation.isForAdmins && !known.person.isAdmin) throw new Refusal(403, "This is for administrators.");
    const { session } = found;
    const result = await handlers[found.name]({
      ...{ known, session, request, response },
      query: new URLSearchParams(query),
    });
    if (response.headersSent) return;
    if (operation.status === 204) response.writeHead(204, { "Cache-Control": "no-store" }).end();
    else json(response, operation.status, result as object);
  }

  async function whoAsks(request: IncomingMessage): Promise<Known | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) return authenticate(request);
    limits.token(request, authorization);
    const known = await authenticate(request);
    if (known) limits.tokenIsProven(authorization);
    return known;
  }

  async function answerSignIn(request: IncomingMessage, path: string, query: string): Promise<SignInAnswer> {
    const step = `${request.method ?? ""} ${path}`;
    // The site's middleware signs in whoever comes by it.
    if (!signIn && step === "GET /sign-in/begin") return { status: 303, headers: { Location: "/" } };
    if (!signIn) throw new Refusal(404, "The site signs people in before they come here.");
    if (step === "GET /sign-in/begin") {
      limits.begin(request);
      return signIn.begin(new URLSearchParams(query));
    }
    if (step === "GET /sign-in/callback")
      return signIn.callback(request, query === "" ? "" : `?${query}`, (flow) => limits.flow(flow));
    if (step !== "POST /sign-in/renew" && step !== "POST /sign-out")
      throw new Refusal(404, "There is no such step of the sign-in.");
    if (!isOfOwnPages(request, url.origin)) throw foreign();
    if (step === "POST /sign-out") return signIn.signOut();
    const known = await whoAsks(request);
    return signIn.renew(request, known, clock.date().getTime(), (user) => limits.renewal(user));
  }

  /** A browser adds cookies, and the site's middleware its header, to whatever any page asks for; to tokens nobody adds. */
  function refuseOthers(request: IncomingMessage, { by }: Known, isChange: boolean): void {
    if (by === "token") return;
    if (isChange ? !isOfOwnPages(request, url.origin) : isReadByOthers(request)) throw foreign();
  }

  const server = createServer({ maxHeaderSize: 32_768, connectionsCheckingInterval: 1_000 }, (request, response) => {
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
    if (isDraining) response.shouldKeepAlive = false;
    void answer(request, response)
      .catch((error: unknown) => refuse(response, error, log))
      // Nothing that somebody sends may end the process.
      .catch(() => response.destroy());
  });
  Object.assign(server, timeoutsBehindTraefik);
  const port = await listen(server, options);
  return {
    port,
    drain: () => {
      isDraining = true;
    },
    close: () => closeGracefully(server, clock),
  };
}

function refuse(response: ServerResponse, error: unknown, log: PortalServerOptions["log"]): void {
  if (!(error instanceof Refusal))
    log("error", `a request failed: ${error instanceof Error ? error.message : String(error)}`);
  else if (error.cause !== undefined) log("warn", `the API server refuses the portal: ${apiMessage(error.cause)}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal(503, "This does not work just now; try again in a moment.", { "Retry-After": "5" });
  response.writeHead(refusal.status, {
    ...{ "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
    ...refusal.headers,
  });
  response.end(JSON.stringify(problemOf(refusal)));
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}

function foreign(): Refusal {
  return new Refusal(403, "This request does not come from the portal's own pages.");
}

function notAllowed(methods: readonly string[]): Refusal {
  return new Refusal(405, `Only ${methods.join(", ")}.`, { Allow: methods.join(", ") });
}
