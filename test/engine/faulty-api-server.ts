import { createServer } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Agent, request as send } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { SharedKubeConfig } from "../../kube/client.ts";

/** One request that came to a {@link FaultyApiServer}. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
  /** Resource of the path: `pods`, `vdisessions/status`, `leases`. */
  readonly resource: string;
  readonly isWatch: boolean;
  /** POST, PATCH, PUT or DELETE of anything but Leases, Events, and VDITemplates, which other operators tell about too. */
  readonly isWrite: boolean;
}

/** What becomes of a request instead of an answer by the real one. */
export type Fault =
  | { readonly answer: number; readonly headers?: OutgoingHttpHeaders; readonly body?: string }
  /** The connection breaks, before the request is passed on or before the answer is. */
  | { readonly cut: "before" | "after" }
  /** Passed on when this resolves. */
  | { readonly wait: Promise<unknown> };

/**
 * Stands before a real API server, on plain HTTP of this machine, passes requests and credentials on as they are, and does
 * to them what a test wants. It holds no state of the API.
 */
export class FaultyApiServer {
  readonly requests: SeenRequest[] = [];
  /** Asked about each request, when it has come in whole. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  /** How far its clock is ahead. */
  aheadMs = 0;
  /** Told of each request once the real server has answered it, before the asker is. */
  answered: (request: SeenRequest, status: number) => void = () => undefined;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #agent: Agent;
  readonly #upstream: string;
  #address: Promise<string> | undefined;
  readonly #watches = new Set<{ real: IncomingMessage; response: ServerResponse; path: string }>();

  /** @param lendsRights whether everybody has the rights of the config's certificate */
  constructor(config: SharedKubeConfig, { lendsRights = false } = {}) {
    const { server = "", caData } = config.getCurrentCluster() ?? {};
    const { certData, keyData } = config.getCurrentUser() ?? {};
    const [ca, cert, key] = [caData, certData, keyData].map((it = "") => Buffer.from(it, "base64"));
    this.#upstream = server;
    this.#agent = new Agent({ keepAlive: true, ...(ca && { ca }), ...(lendsRights && cert && key && { cert, key }) });
  }

  /** Listens from the first call on. @returns its address */
  async listen(): Promise<string> {
    this.#address ??= new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve)).then(
      () => `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
    );
    return this.#address;
  }

  get writes(): SeenRequest[] {
    return this.requests.filter(({ isWrite }) => isWrite);
  }

  /** The watches that are open, of these paths, carry nothing any more, and nobody is told. New ones work. */
  silenceWatches(of: (path: string) => boolean = () => true): void {
    for (const { real } of [...this.#watches].filter(({ path }) => of(path))) {
      real.unpipe();
      real.resume();
    }
  }

  /** Ends the watches that are open as the API server does when it no longer has their version. */
  expireWatches(): void {
    const status = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 1 (2)" };
    for (const { real, response } of this.#watches) {
      real.unpipe();
      response.end(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
    }
  }

  /** Breaks every connection. */
  cutAll(): void {
    this.#server.closeAllConnections();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const seen = describe(request.method ?? "", request.url ?? "", body.toString());
    this.requests.push(seen);
    const fault = this.fault(seen);
    if (fault && "answer" in fault) {
      response.writeHead(fault.answer, { "content-type": "application/json", ...fault.headers });
      response.end(fault.body ?? statusBody(fault.answer));
    } else if (fault && "cut" in fault && fault.cut === "before") request.destroy();
    else {
      if (fault && "wait" in fault) await fault.wait;
      this.#pass(request, response, { seen, body, isCut: fault !== undefined && "cut" in fault });
    }
  }

  #pass(
    request: IncomingMessage,
    response: ServerResponse,
    { seen, body, isCut }: { seen: SeenRequest; body: Buffer; isCut: boolean },
  ): void {
    const { method, headers } = request;
    const url = new URL(seen.path, this.#upstream);
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheHop.has(name)));
    // Always: node would send the body of a DELETE without its length, and the server take it for the next request.
    const sent = { ...kept, ...(body.length > 0 && { "content-length": String(body.length) }) };
    const real = send(url, { ...(method !== undefined && { method }), headers: sent, agent: this.#agent }, (answer) => {
      const { statusCode = 0 } = answer;
      this.answered(seen, statusCode);
      if (isCut) {
        answer.resume();
        request.destroy();
        return;
      }
      const date = new Date(Date.parse(answer.headers.date ?? "") + this.aheadMs);
      response.writeHead(statusCode, { ...answer.headers, ...(this.aheadMs !== 0 && { date: date.toUTCString() }) });
      // A watch of what does not change has no first byte.
      response.flushHeaders();
      answer.pipe(response);
      answer.on("error", () => response.destroy());
      if (!seen.isWatch) return;
      const watch = { real: answer, response, path: seen.path };
      this.#watches.add(watch);
      response.on("close", () => this.#watches.delete(watch));
    });
    response.on("close", () => real.destroy());
    real.on("error", () => response.destroy());
    real.end(body);
  }
}

function describe(method: string, path: string, body: string): SeenRequest {
  const { pathname, searchParams } = new URL(path, "http://api");
  const parts = pathname.split("/").slice(pathname.startsWith("/api/") ? 3 : 4);
  const [kind = "", , sub] = parts[0] === "namespaces" && parts.length > 2 ? parts.slice(2) : parts;
  const isMutation = method !== "GET";
  return {
    ...{ atMs: Date.now(), method, path, body },
    resource: sub === undefined ? kind : `${kind}/${sub}`,
    isWatch: searchParams.get("watch") === "true",
    isWrite: isMutation && !notCounted.includes(kind),
  };
}

const ofTheHop = new Set(["host", "connection", "transfer-encoding"]);
const notCounted = ["leases", "events", "vditemplates", "tokenreviews", "subjectaccessreviews"];

function statusBody(code: number): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, message: `a test's ${code}` });
}
