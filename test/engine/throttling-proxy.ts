import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { HttpMethod, RequestContext } from "@kubernetes/client-node";
import { request as send } from "undici";
import { ClusterClient, SharedKubeConfig } from "../../kube/client.ts";

/** Passes requests on to an API server, with the rights of a config, but for a part that it answers with 429. */
export class ThrottlingProxy {
  asked = 0;
  refused = 0;
  readonly #config: SharedKubeConfig;
  readonly #own = new SharedKubeConfig();
  readonly #server;

  /**
   * @param refuses part of the requests, from 0 to 1
   * @param onRequest told of each
   */
  constructor(config: SharedKubeConfig, refuses: number, onRequest?: (method: string, path: string) => void) {
    this.#config = config;
    this.#server = createServer((request, response) => {
      this.asked++;
      onRequest?.(request.method ?? "", request.url ?? "");
      if (Math.random() < refuses) {
        this.refused++;
        request.resume();
        response.writeHead(429, { "Retry-After": "1" }).end("{}");
        return;
      }
      void this.#pass(request.url ?? "", request.method ?? "", request.headers, request).then(
        ({ statusCode, headers, body }) => {
          response.writeHead(statusCode, headers);
          body.on("error", () => response.destroy());
          response.on("close", () => body.destroy());
          body.pipe(response);
        },
        () => response.destroy(),
      );
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  client(port: number): ClusterClient {
    const cluster = { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    this.#own.loadFromClusterAndUser(cluster, { name: "u" });
    return new ClusterClient(this.#own);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#own.close();
  }

  async #pass(path: string, method: string, headers: NodeJS.Dict<string | string[]>, body: Readable) {
    const url = `${this.#config.getCurrentCluster()?.server ?? ""}${path}`;
    const context = new RequestContext(url, HttpMethod.GET);
    await this.#config.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    const { accept = "", "content-type": type = "" } = headers as Record<string, string | undefined>;
    const { Authorization: token } = context.getHeaders();
    return send(url, {
      method: method as "GET",
      headers: { accept, ...(type && { "content-type": type }), ...(token && { authorization: token }) },
      body: method === "GET" ? null : body,
      ...(dispatcher && { dispatcher }),
    });
  }
}
