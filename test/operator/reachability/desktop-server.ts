import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { issueSelfSigned } from "../../../commands/self-signed-certificate/issue.ts";
import { probeAgent } from "../../../operator/reachability/probe-request.ts";

/** What answers on loopback in a desktop's place. */
export class DesktopServer {
  readonly server: Server;
  readonly scheme: "http" | "https";
  readonly agent = probeAgent();

  private constructor(server: Server, scheme: "http" | "https") {
    this.server = server;
    this.scheme = scheme;
  }

  static async start(answer: RequestListener, scheme: "http" | "https" = "http"): Promise<DesktopServer> {
    const tls = scheme === "https" ? await issueSelfSigned(["desktop"], new Date()) : undefined;
    const server = tls ? createSecureServer({ cert: tls.certificate, key: tls.key }, answer) : createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new DesktopServer(server, scheme);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where the stream is. */
  target(path = "/") {
    return { ip: "127.0.0.1", port: this.port, scheme: this.scheme, path };
  }

  get context() {
    return { agent: this.agent, signal: new AbortController().signal, allowLoopback: true, date: () => new Date() };
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
