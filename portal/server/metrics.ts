import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";

/** What the portal tells Prometheus. */
export class PortalMetrics {
  readonly #requests: Counter<"operation" | "code">;

  constructor(registry: Registry, openStreams: () => number) {
    this.#requests = new Counter({
      name: "vdi_portal_requests_total",
      help: "Requests to /api/v1 by operation and HTTP status.",
      labelNames: ["operation", "code"],
      registers: [registry],
    });
    new Gauge({
      name: "vdi_portal_streams",
      help: "Open event streams.",
      registers: [registry],
      collect() {
        this.set(openStreams());
      },
    });
  }

  answered({ operation, status }: { operation: string; status: number }): void {
    this.#requests.inc({ operation, code: status });
  }
}
