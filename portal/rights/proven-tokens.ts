import { createHash } from "node:crypto";

const provenMs = 600_000;

/** Tokens that somebody was lately known by: whoever sends one is no stranger, though the API server is asked again. */
export class ProvenTokens {
  /** By their hash: no token stays in memory. */
  readonly #untilMs = new Map<string, number>();
  readonly #most: number;

  constructor(most = 1_000) {
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

  has(authorization: string, nowMs: number): boolean {
    return (this.#untilMs.get(hashOf(authorization)) ?? 0) > nowMs;
  }
}

function hashOf(authorization: string): string {
  return createHash("sha256").update(authorization).digest("base64");
}
