import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";
import type { AccessOutcome } from "./forward-auth.ts";

/** Figures of the gateway. */
export class AccessMetrics {
  readonly #requests: Counter<"outcome">;

  /** @param ageMs how old what it goes by is; undefined before all is read */
  constructor(registry: Registry, ageMs: () => number | undefined) {
    const registers = [registry];
    this.#requests = new Counter({
      name: "vdi_access_requests_total",
      help: "Requests to desktops that the gateway was asked about, by what became of them",
      labelNames: ["outcome"],
      registers,
    });
    new Gauge({
      name: "vdi_gateway_knowledge_age_seconds",
      help: "Time since the gateway last heard of sessions and templates",
      registers,
      collect() {
        const age = ageMs();
        if (age !== undefined) this.set(age / 1000);
      },
    });
  }

  asked(outcome: AccessOutcome): void {
    this.#requests.inc({ outcome });
  }
}
