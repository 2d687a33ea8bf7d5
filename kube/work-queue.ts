import { backoffMs } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ReadyKeys } from "./ready-keys.ts";

export interface WorkQueueOptions {
  /** Of keys whose work failed, each by its own failures. Default as controller-runtime: 5 ms, doubled up to 1,000 s. */
  backoff?: Backoff;
  clock?: Clock;
  /** Whose key it is: of one priority, groups are served in turn. All keys are of one group when left out. */
  groupOf?: (key: string) => string;
  /** From 0 to 1. */
  random?: () => number;
  observer?: QueueObserver;
}

/** Told of what goes through a queue. */
export interface QueueObserver {
  added?(): void;
  /** Handed out, after this time in the queue. */
  taken?(waitedMs: number): void;
  finished?(workedMs: number): void;
  retried?(): void;
}

/** Normal work has priority 0; above it goes first, below it (a relist at start-up, a resync) goes last. */
export interface AddOptions {
  priority?: number;
}

const defaultBackoff: Backoff = { firstMs: 5, mostMs: 1_000_000, jitter: 0.2 };

/**
 * Keys that wait for work, each at most once: a key that is added while it waits is one key, a key that is added while it
 * is worked on waits again afterwards, so that no two workers ever have the same one.
 */
export class WorkQueue {
  readonly #ready: ReadyKeys;
  /** Handed out, with the time of that. */
  readonly #working = new Map<string, number>();
  /** Added meanwhile, with their priority. */
  readonly #again = new Map<string, number>();
  readonly #delayed = new Map<string, { dueMs: number; priority: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  readonly #clock: Clock;
  readonly #options: WorkQueueOptions;
  #isOpen = true;

  constructor(options: WorkQueueOptions = {}) {
    this.#options = options;
    this.#ready = new ReadyKeys(options.groupOf);
    this.#clock = options.clock ?? systemClock;
  }

  /** Keys that could be worked on now. */
  get depth(): number {
    return this.#ready.size;
  }

  /** Milliseconds since each key that is being worked on was handed out. */
  get ages(): number[] {
    return [...this.#working.values()].map((since) => this.#clock.now() - since);
  }

  /** True when nothing waits, nothing is delayed and nothing is worked on. */
  get isIdle(): boolean {
    return this.#ready.size + this.#working.size + this.#delayed.size === 0;
  }

  /** Now. Takes the place of an earlier {@link addAfter}; a key that waits already goes up to the higher priority. */
  add(key: string, { priority = 0 }: AddOptions = {}): void {
    if (!this.#isOpen) return;
    const delayed = this.#takeDelayed(key);
    this.#enqueue(key, Math.max(priority, delayed?.priority ?? priority));
  }

  /** After a delay, at once if it is not positive. Of several the earliest counts; one that waits already need not. */
  addAfter(key: string, delayMs: number, { priority = 0 }: AddOptions = {}): void {
    if (delayMs <= 0) {
      this.add(key, { priority });
      return;
    }
    if (!this.#isOpen || this.#ready.has(key)) return;
    const dueMs = this.#clock.now() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier && earlier.dueMs <= dueMs) return;
    earlier?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.#enqueue(key, priority);
    });
    this.#delayed.set(key, { dueMs, priority, cancel });
  }

  /** After a delay that grows with each call until {@link forget}. Returns it. */
  retry(key: string, options: AddOptions = {}): number {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.#options.observer?.retried?.();
    const delayMs = backoffMs(this.#options.backoff ?? defaultBackoff, failures, this.#options.random?.());
    this.addAfter(key, delayMs, options);
    return delayMs;
  }

  /** Since the last {@link forget}. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key's work was well done: its next failure starts with the first delay again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined after {@link shutDown}. Give it back with {@link done}. */
  take(): Promise<string | undefined> {
    const next = this.#ready.shift();
    if (next) return Promise.resolve(this.#handOut(next.key, next.sinceMs));
    if (!this.#isOpen) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The key's work ended, well or not. */
  done(key: string): void {
    const since = this.#working.get(key);
    if (since === undefined) return;
    this.#working.delete(key);
    this.#options.observer?.finished?.(this.#clock.now() - since);
    const priority = this.#again.get(key);
    this.#again.delete(key);
    if (priority !== undefined) this.#push(key, priority);
  }

  /** Takes nothing more, forgets what is delayed, and hands out what waits unless `dropWaiting`. */
  shutDown({ dropWaiting = false }: { dropWaiting?: boolean } = {}): void {
    this.#isOpen = false;
    for (const key of [...this.#delayed.keys()]) this.#takeDelayed(key);
    if (dropWaiting) {
      this.#ready.clear();
      this.#again.clear();
    }
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #enqueue(key: string, priority: number): void {
    if (this.#working.has(key)) {
      if (!this.#again.has(key)) this.#options.observer?.added?.();
      this.#again.set(key, Math.max(priority, this.#again.get(key) ?? priority));
      return;
    }
    if (!this.#ready.has(key)) this.#options.observer?.added?.();
    this.#push(key, priority);
  }

  #push(key: string, priority: number): void {
    const taker = this.#takers.shift();
    if (taker) taker(this.#handOut(key, this.#clock.now()));
    else this.#ready.put(key, priority, this.#clock.now());
  }

  #handOut(key: string, sinceMs: number): string {
    const now = this.#clock.now();
    this.#working.set(key, now);
    this.#options.observer?.taken?.(now - sinceMs);
    return key;
  }

  #takeDelayed(key: string): { priority: number } | undefined {
    const delayed = this.#delayed.get(key);
    delayed?.cancel();
    this.#delayed.delete(key);
    return delayed;
  }
}
