import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { apiMessage } from "../../kube/client.ts";
import { jsonAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { Door } from "./door.ts";
import type { DoorOptions } from "./door.ts";
import { answerLink } from "./links.ts";
import type { LinkOptions } from "./links.ts";

export interface AccessServerOptions extends Omit<DoorOptions, "sessions">, Omit<LinkOptions, "sessions"> {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string;
  readonly sessions: DoorOptions["sessions"] & LinkOptions["sessions"];
}

// Traefik's own limit is 1 MiB; what a browser sends in earnest is far below ours.
const largestHeaders = 32_768;
// Each link costs the API server two requests, and whoever asks is not known before.
const mostLinksAtOnce = 16;

/**
 * Serves `/auth`, which Traefik's forwardAuth asks for each request to a desktop, and `POST /links`. Every replica may
 * serve it: what it knows is in tokens and in the caches.
 *
 * Whoever reaches the port can ask `/auth` in the name of any user when `userHeader` is set, and is told the desktop's
 * password when let in: only Traefik may reach it.
 */
export async function serveAccess(options: AccessServerOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const { log } = options;
  const door = new Door(options);
  let linksUnderWay = 0;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const [path] = (request.url ?? "").split("?");
    if (path === "/auth") return door.answer(request);
    if (path !== "/links") return jsonAnswer(404, { message: "/auth, /links" });
    if (request.method !== "POST") return jsonAnswer(405, { message: "POST" }, { Allow: "POST" });
    if (linksUnderWay >= mostLinksAtOnce)
      return jsonAnswer(429, { message: "too many ask for links at once: try again" }, { "Retry-After": "1" });
    linksUnderWay++;
    return answerLink(request, options).finally(() => linksUnderWay--);
  };

  const server = createServer({ maxHeaderSize: largestHeaders }, (request, response) => {
    void answer(request)
      .catch((error: unknown) => {
        log("error", `a link could not be given out: ${apiMessage(error)}`);
        return jsonAnswer(503, { message: "this cannot be looked up just now: try again" }, { "Retry-After": "5" });
      })
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      // Nothing that somebody sends may end the process: a header that cannot be passed on, for one.
      .catch(() => response.destroy());
  });
  // Longer than Traefik keeps idle connections (90 s), or it would ask on one that is being closed.
  Object.assign(server, { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 120_000 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const cancel = options.clock.after(5_000, () => server.closeAllConnections());
        server.close(() => {
          cancel();
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
