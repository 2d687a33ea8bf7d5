import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { apiMessage } from "../../kube/client.ts";
import { closeGracefully, listen, timeoutsBehindTraefik } from "../../kube/http-listener.ts";
import { isSameSecret } from "../../kube/same-secret.ts";
import { jsonAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { ForwardAuth } from "./forward-auth.ts";
import type { ForwardAuthOptions } from "./forward-auth.ts";
import { Holds } from "./holds.ts";
import { answerLink, readLinkQuestion } from "./links.ts";
import type { LinkOptions } from "./links.ts";
import { answerUnreachable } from "./unreachable.ts";

export interface AccessServerOptions extends Omit<ForwardAuthOptions, "sessions">, Omit<LinkOptions, "sessions"> {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string | undefined;
  readonly sessions: ForwardAuthOptions["sessions"] & LinkOptions["sessions"];
}

export interface AccessServer {
  readonly port: number;
  /** Each answer from now on ends its connection, so that who asks again asks another replica. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

// Traefik's own limit is 1 MiB; what a browser sends in earnest is far below ours.
const largestHeaders = 32_768;
// Each link costs the API server two requests, and whoever asks is not known before.
const mostLinksAtOnce = 16;

/**
 * Serves `/auth`, which Traefik's forwardAuth asks for each request to a desktop, `/unreachable`, which it asks for the page in
 * the place of an error of its own, and `POST /links`. Every replica may serve it: what it knows is in tokens and in the caches.
 *
 * Whoever is let in is told the desktop's password: only Traefik may reach the port. In the name of a user whom a middleware
 * has found out, only our own Middleware may ask, at `/auth/` and a secret.
 */
export async function serveAccess(options: AccessServerOptions): Promise<AccessServer> {
  const { log, userHeader } = options;
  const holds = new Holds(options.clock);
  const forwardAuth = new ForwardAuth(options, holds);
  let linksUnderWay = 0;
  let isDraining = false;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const [path = "", query] = (request.url ?? "").split("?");
    if (path === "/auth") return forwardAuth.answer(request);
    if (userHeader && isSameSecret(path, `/auth/${userHeader.path}`)) return forwardAuth.answer(request, true);
    if (path === "/unreachable") return answerUnreachable(request, query, { ...options, holds });
    if (path !== "/links") return jsonAnswer(404, { message: "/auth, /links, /unreachable" });
    if (request.method !== "POST") return jsonAnswer(405, { message: "POST" }, { Allow: "POST" });
    // Before it takes a slot: a body that comes slowly keeps nobody else out.
    const asked = await readLinkQuestion(request);
    if ("status" in asked) return asked;
    if (linksUnderWay >= mostLinksAtOnce)
      return jsonAnswer(429, { message: "too many ask for links at once: try again" }, { "Retry-After": "1" });
    linksUnderWay++;
    return answerLink(asked, options).finally(() => linksUnderWay--);
  };

  const server = createServer(
    { maxHeaderSize: largestHeaders, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      void answer(request)
        .catch((error: unknown) => {
          log("error", `a link could not be given out: ${apiMessage(error)}`);
          return jsonAnswer(503, { message: "this cannot be looked up just now: try again" }, { "Retry-After": "5" });
        })
        .then(({ status, headers, body }) => {
          if (isDraining) response.shouldKeepAlive = false;
          response.writeHead(status, headers).end(body);
        })
        // Nothing that somebody sends may end the process: a header that cannot be passed on, for one.
        .catch(() => response.destroy());
    },
  );
  Object.assign(server, timeoutsBehindTraefik);
  const port = await listen(server, options);
  return {
    port,
    drain: () => {
      isDraining = true;
      holds.release();
    },
    close: () => {
      holds.release();
      return closeGracefully(server, options.clock);
    },
  };
}
