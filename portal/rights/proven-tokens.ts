import { createHash } from "node:crypto";
import { RateLimit } from "./rate-limit.ts";

const provenMs = 600_000;

/**
 * Tokens that somebody was lately known by: whoever sends one is no stranger. The API server is asked again each time, and so each
 * has a limit of its own.
 */
export class ProvenTokens {
  /** By their hash: no token stays in memory. */
  readonly #untilMs = new Map<string, number>();
  readonly #limit: RateLimit;
  readonly #most: number;

  constructor(burst: number, perSecond: number, most = 1_000) {
    this.#limit = new RateLimit(burst, perSecond, most);
    this.#most = most;
  }

  add(authorization: string, nowMs: number): void {
    const hash = hashOf(authorization);
    // Written anew it is the youngest of the map.
    this.#untilMs.delete(hash);
    this.#untilMs.set(hash, nowMs + provenMs);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > this.#most && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** Takes one of the token's. @returns milliseconds to wait when there is none, else 0; undefined for one that is not known */
  take(authorization: string, nowMs: number): number | undefined {
    const hash = hashOf(authorization);
    return (this.#untilMs.get(hash) ?? 0) > nowMs ? this.#limit.take(hash, nowMs) : undefined;
  }
}

function hashOf(authorization: string): string {
  return createHash("sha256").update(authorization).digest("base64");
}
