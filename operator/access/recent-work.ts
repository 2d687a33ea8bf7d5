import type { Clock } from "../../kube/clock.ts";

/** Does the same work once in a while, however many ask for it. Its results are to be had again: nothing is lost with it. */
export class RecentWork<Result> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #most: number;
  readonly #begun = new Map<string, { atMs: number; result: Promise<Result> }>();

  /** @param keptMs how long a result counts, from the work's begin */
  constructor(clock: Clock, keptMs: number, most = 10_000) {
    this.#clock = clock;
    this.#keptMs = keptMs;
    this.#most = most;
  }

  /** @returns the result of the same work when it has begun lately, also while it is under way; what failed is tried again */
  once(key: string, work: () => Promise<Result>): Promise<Result> {
    this.#dropOld();
    const known = this.#begun.get(key);
    if (known) return known.result;
    const entry = { atMs: this.#clock.now(), result: work() };
    this.#begun.set(key, entry);
    entry.result.catch(() => {
      if (this.#begun.get(key) === entry) this.#begun.delete(key);
    });
    return entry.result;
  }

  get size(): number {
    return this.#begun.size;
  }

  // A map keeps the order in which its entries came.
  #dropOld(): void {
    const now = this.#clock.now();
    for (const [key, { atMs }] of this.#begun) {
      if (now - atMs < this.#keptMs && this.#begun.size < this.#most) return;
      this.#begun.delete(key);
    }
  }
}
