import { createServer, request } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

// About one connection only: Traefik takes them out of what it asks (pkg/middlewares/auth/forward.go).
const hopHeaders = ["connection", "keep-alive", "te", "trailers", "transfer-encoding", "upgrade"];

/**
 * What Traefik does for a route with forwardAuth and `trustForwardHeader: false`: asks with some of the request's headers,
 * and lets pass what is answered with 2xx, with some of the answer's. Any other answer goes back to the client.
 */
export class ForwardAuthProxy {
  readonly #server: Server;
  readonly #authPort: number;
  readonly #authPath: string;
  readonly #upstreamPort: number;
  readonly #authRequestHeaders: readonly string[];
  readonly #authResponseHeaders: readonly string[];

  constructor(
    authPort: number,
    upstreamPort: number,
    spec: { address: string; authRequestHeaders: readonly string[]; authResponseHeaders: readonly string[] },
  ) {
    this.#authPort = authPort;
    this.#authPath = new URL(spec.address).pathname;
    this.#upstreamPort = upstreamPort;
    this.#authRequestHeaders = spec.authRequestHeaders.map((name) => name.toLowerCase());
    this.#authResponseHeaders = spec.authResponseHeaders.map((name) => name.toLowerCase());
    this.#server = createServer((incoming, outgoing) => {
      void this.#ask(incoming).then(async ({ isLetIn, status, headers, body }) => {
        if (!isLetIn) return outgoing.writeHead(status, headers).end(body);
        const answer = await send(this.#upstreamPort, incoming, headers);
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        return answer.pipe(outgoing);
      });
    });
    this.#server.on("upgrade", (incoming: IncomingMessage, socket, head) => {
      void this.#ask(incoming).then(({ isLetIn, status, headers, body }) => {
        if (!isLetIn) return socket.end(`HTTP/1.1 ${status} Refused\r\nX-Body: ${body.toString().trim()}\r\n\r\n`);
        const through = request({ port: this.#upstreamPort, path: incoming.url, headers });
        through.on("upgrade", (_answer, upstream, upstreamHead) => {
          socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
          upstream.unshift(upstreamHead);
          socket.unshift(head);
          upstream.pipe(socket).pipe(upstream);
        });
        return through.end();
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #ask(incoming: IncomingMessage) {
    const { headers } = incoming;
    const asked = this.#authRequestHeaders.filter((name) => headers[name] !== undefined && !hopHeaders.includes(name));
    const answer = await send(
      this.#authPort,
      { method: "GET", url: this.#authPath },
      {
        ...Object.fromEntries(asked.map((name) => [name, headers[name]])),
        "x-forwarded-method": incoming.method,
        "x-forwarded-proto": "https",
        "x-forwarded-host": headers.host,
        "x-forwarded-uri": incoming.url,
      },
    );
    const body = await buffer(answer);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      const passed: IncomingHttpHeaders = { ...incoming.headers };
      for (const name of this.#authResponseHeaders) {
        Reflect.deleteProperty(passed, name);
        if (answer.headers[name] !== undefined) passed[name] = answer.headers[name];
      }
      return { isLetIn: true, status, body, headers: passed };
    }
    const passed: IncomingHttpHeaders = { ...answer.headers };
    for (const name of hopHeaders) Reflect.deleteProperty(passed, name);
    if (passed.location !== undefined)
      passed.location = new URL(passed.location, `http://access.example:${this.#authPort}/auth`).href;
    return { isLetIn: false, status, body, headers: passed };
  }
}

function send(
  port: number,
  { method, url }: Pick<IncomingMessage, "method" | "url">,
  headers: IncomingHttpHeaders,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, method, path: url, headers }, resolve).on("error", reject).end();
  });
}
