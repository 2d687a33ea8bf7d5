// As many wrong passwords are answered at once, then each wait is twice the one before.
const freeTries = 5;
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;
const forgottenAfterMs = 3_600_000;

interface Tries {
  wrong: number;
  nextAtMs: number;
}

/** Limits the rate of wrong passwords for a desktop. Forgets the oldest when it would grow beyond its bound. */
export class RateLimit {
  readonly #tries = new Map<string, Tries>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** How long to wait before the next try counts; 0 for not at all. */
  waitMs(id: string, nowMs: number): number {
    return Math.max(0, (this.#tries.get(id)?.nextAtMs ?? 0) - nowMs);
  }

  wrong(id: string, nowMs: number): void {
    const before = this.#tries.get(id);
    const isFresh = before !== undefined && nowMs - before.nextAtMs < forgottenAfterMs;
    const wrong = (isFresh ? before.wrong : 0) + 1;
    const waitMs = wrong < freeTries ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (wrong - freeTries));
    // Written anew it is the youngest of the map.
    this.#tries.delete(id);
    this.#tries.set(id, { wrong, nextAtMs: nowMs + waitMs });
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > this.#most && oldest !== undefined) this.#tries.delete(oldest);
  }

  right(id: string): void {
    this.#tries.delete(id);
  }

  get size(): number {
    return this.#tries.size;
  }
}
