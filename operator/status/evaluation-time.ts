/** The moment that a status is made for. It remembers when a question about time will first have another answer. */
export class EvaluationTime {
  readonly ms: number;
  #nextMs = Infinity;

  constructor(now: Date) {
    this.ms = now.getTime();
  }

  /**
   * Whether so much time has gone by.
   *
   * @param since RFC 3339; without it the time counts as gone by
   */
  isLaterThan(since: string | undefined, afterMs: number): boolean {
    const at = Date.parse(since ?? "") + afterMs;
    if (!(at > this.ms)) return true;
    this.#nextMs = Math.min(this.#nextMs, at);
    return false;
  }

  /** Milliseconds until the first answer of those given changes; undefined when time alone changes none. */
  get untilNextMs(): number | undefined {
    return this.#nextMs === Infinity ? undefined : this.#nextMs - this.ms;
  }
}
