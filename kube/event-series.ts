/** What to write about a happening: nothing (yet), a new Event, or a new count on the Event that is there. */
export type EventWrite = { readonly write: "none" | "create" } | { readonly write: "count"; readonly count: number };

interface Series {
  count: number;
  writtenCount: number;
  lastMs: number;
  writtenMs: number;
}

interface Budget {
  tokens: number;
  atMs: number;
}

// As client-go: a series ends when nothing happened for 6 minutes (client-go/tools/events).
const seriesMs = 360_000;
// Counts on a series, at most as often.
const countEveryMs = 60_000;
// Of new events about one object: a burst, then one in so long (client-go's EventSourceObjectSpamFilter).
const burst = 25;
const refillMs = 300_000;

/** Decides what of all that happens is worth a write. Forgets what is over. */
export class EventSeries {
  readonly #series = new Map<string, Series>();
  readonly #budgets = new Map<string, Budget>();
  #sweptMs = 0;

  /**
   * @param key of the happening
   * @param object whom it is about
   */
  observe(key: string, object: string, nowMs: number): EventWrite {
    this.#sweep(nowMs);
    const series = this.#series.get(key);
    if (series && nowMs - series.lastMs < seriesMs) {
      series.count++;
      series.lastMs = nowMs;
      if (series.writtenCount > 1 && nowMs - series.writtenMs < countEveryMs) return { write: "none" };
      return this.#written(series, nowMs);
    }
    if (!this.#spend(object, nowMs)) return { write: "none" };
    this.#series.set(key, { count: 1, writtenCount: 1, lastMs: nowMs, writtenMs: nowMs });
    return { write: "create" };
  }

  /** Keys whose last count was not written, for the end of a process. */
  unwritten(nowMs: number): { key: string; count: number }[] {
    return [...this.#series].flatMap(([key, series]) => {
      if (series.count === series.writtenCount) return [];
      this.#written(series, nowMs);
      return [{ key, count: series.count }];
    });
  }

  /** The Event could not be written, or is gone: the next of its kind is a new one. */
  forget(key: string): void {
    this.#series.delete(key);
  }

  has(key: string): boolean {
    return this.#series.has(key);
  }

  #written(series: Series, nowMs: number): EventWrite {
    series.writtenCount = series.count;
    series.writtenMs = nowMs;
    return { write: "count", count: series.count };
  }

  #spend(object: string, nowMs: number): boolean {
    const budget = this.#budgets.get(object) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, budget.tokens + (nowMs - budget.atMs) / refillMs);
    const isEnough = tokens >= 1;
    this.#budgets.set(object, { tokens: isEnough ? tokens - 1 : tokens, atMs: nowMs });
    return isEnough;
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < seriesMs) return;
    this.#sweptMs = nowMs;
    for (const [key, { lastMs }] of this.#series) if (nowMs - lastMs >= seriesMs) this.#series.delete(key);
    for (const [object, { tokens, atMs }] of this.#budgets)
      if (tokens + (nowMs - atMs) / refillMs >= burst) this.#budgets.delete(object);
  }
}
