import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";

/** Where a host leads: to a desktop, or to the operator's word (forwardAuth), in whose question another host may stand. */
export interface Way {
  readonly url: string;
  readonly forwardedHost?: string;
}

/** Answers as Traefik does on its entry point: 404 for a host that it has no route for, 502 where a route leads nowhere. */
export class TraefikStandIn {
  readonly routes = new Map<string, Way>();
  /** Passwords that came with requests, by host. */
  readonly authorizations = new Map<string, string | undefined>();
  readonly #server = createServer(({ headers, method = "GET", url = "/" }, response) => {
    const host = headers.host ?? "";
    this.authorizations.set(host, headers.authorization);
    const way = this.routes.get(host);
    const answer = way ? this.#ask(way, method, url, headers) : Promise.resolve(notFound);
    void answer
      .catch(() => ({ ...notFound, status: 502, body: "Bad Gateway" }))
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });

  /** @returns its address */
  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #ask({ url, forwardedHost }: Way, method: string, path: string, { host, authorization }: IncomingHttpHeaders) {
    const forwarded = {
      "x-forwarded-host": forwardedHost ?? host,
      "x-forwarded-uri": path,
      "x-forwarded-method": method,
    };
    const { statusCode, headers, body } = await request(url, {
      headers: { ...forwarded, ...(authorization !== undefined && { authorization }) },
    });
    const named = headers["x-vdi-session"];
    return {
      status: statusCode,
      headers: named === undefined ? {} : { "x-vdi-session": named },
      body: await body.text(),
    };
  }
}

const notFound = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "404 page not found\n",
};
