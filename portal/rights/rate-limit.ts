interface Bucket {
  left: number;
  atMs: number;
}

/** So many at once, and then so many a second, for each key; forgets the oldest key when there are too many. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #mostKeys: number;

  constructor(burst: number, perSecond: number, mostKeys = 10_000) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#mostKeys = mostKeys;
  }

  /** Takes one. @returns milliseconds to wait when there is none, else 0 */
  take(key: string, nowMs: number): number {
    const { left, atMs } = this.#buckets.get(key) ?? { left: this.#burst, atMs: nowMs };
    const filled = Math.min(this.#burst, left + (Math.max(0, nowMs - atMs) / 1_000) * this.#perSecond);
    // Written anew it is the youngest of the map.
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: filled < 1 ? filled : filled - 1, atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#mostKeys && oldest !== undefined) this.#buckets.delete(oldest);
    return filled < 1 ? Math.ceil(((1 - filled) / this.#perSecond) * 1_000) : 0;
  }
}
