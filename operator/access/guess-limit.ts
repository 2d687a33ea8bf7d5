// As many wrong passwords are answered at once, then each wait is twice the one before.
const freeGuesses = 5;
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;
const forgottenAfterMs = 3_600_000;

interface Guesses {
  wrong: number;
  nextAtMs: number;
}

/** Slows down guessing of a desktop's password. Forgets the oldest when it would grow beyond its bound. */
export class GuessLimit {
  readonly #guesses = new Map<string, Guesses>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** How long to wait before the next try counts; 0 for not at all. */
  waitMs(id: string, nowMs: number): number {
    return Math.max(0, (this.#guesses.get(id)?.nextAtMs ?? 0) - nowMs);
  }

  wrong(id: string, nowMs: number): void {
    const before = this.#guesses.get(id);
    const isFresh = before !== undefined && nowMs - before.nextAtMs < forgottenAfterMs;
    const wrong = (isFresh ? before.wrong : 0) + 1;
    const waitMs = wrong < freeGuesses ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (wrong - freeGuesses));
    // Written anew it is the youngest of the map.
    this.#guesses.delete(id);
    this.#guesses.set(id, { wrong, nextAtMs: nowMs + waitMs });
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > this.#most && oldest !== undefined) this.#guesses.delete(oldest);
  }

  right(id: string): void {
    this.#guesses.delete(id);
  }

  get size(): number {
    return this.#guesses.size;
  }
}
