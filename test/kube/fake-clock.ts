import type { Clock } from "../../kube/clock.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { dueMs: number; callback: () => void }[] = [];
  /** What the wall clock of this machine is ahead. */
  readonly skewMs: number;

  constructor(skewMs = 0) {
    this.skewMs = skewMs;
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#now + this.skewMs);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((it) => it !== timer));
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass; timers fire in their order, and what waits for them goes on in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.dueMs);
      this.#timers = this.#timers.filter((it) => it !== next);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  /** Time passes and no timer fires, as in a process that is stopped. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  #next(end: number): { dueMs: number; callback: () => void } | undefined {
    return this.#timers.filter(({ dueMs }) => dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Resolves when everything that needs no timer and no network has gone on for a while. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
