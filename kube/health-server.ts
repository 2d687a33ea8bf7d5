import { createServer } from "node:http";
import type { Registry } from "prom-client";
import { listen } from "./http-listener.ts";

/** Says what is wrong, or undefined when all is well, or what there is to know of it. */
export type HealthCheck = () => string | { readonly detail: string } | undefined;

export interface HealthServerOptions {
  /** 0 takes any free one. */
  port: number;
  host?: string | undefined;
  /** Whoever fails one of these is started anew: only what a new process would mend. */
  live: Readonly<Record<string, HealthCheck>>;
  /** Whoever fails one of these gets no requests. */
  ready: Readonly<Record<string, HealthCheck>>;
  registry?: Registry;
}

/** The process's /healthz, /readyz and /metrics, as the kubelet and Prometheus ask for them. */
export async function serveHealth(options: HealthServerOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const { live, ready, registry } = options;
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, contentType = "text/plain; charset=utf-8") => {
      response.writeHead(status, { "Content-Type": contentType, "Cache-Control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : text);
    };
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") answer(405, "GET or HEAD\n");
    else if (path === "/healthz") answer(...verdict(live));
    else if (path === "/readyz") answer(...verdict(ready));
    else if (path === "/metrics" && registry)
      void registry.metrics().then(
        (text) => answer(200, text, registry.contentType),
        () => answer(500, "the metrics could not be read\n"),
      );
    else answer(404, "/healthz, /readyz, /metrics\n");
  });
  // A client that says nothing must not keep a connection for long.
  Object.assign(server, { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 });
  const port = await listen(server, options);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One line per check, as the API server's own endpoints with `?verbose`. */
function verdict(checks: Readonly<Record<string, HealthCheck>>): [status: number, text: string] {
  const results = Object.entries(checks).map(([name, check]) => ({ name, result: attempt(check) }));
  const lines = results.map(({ name, result }) => {
    if (typeof result === "string") return `[-] ${name}: ${result}`;
    return result === undefined ? `[+] ${name}` : `[+] ${name}: ${result.detail}`;
  });
  return [
    results.some(({ result }) => typeof result === "string") ? 503 : 200,
    `${["ok", ...lines].slice(lines.length > 0 ? 1 : 0).join("\n")}\n`,
  ];
}

function attempt(check: HealthCheck): ReturnType<HealthCheck> {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
