import { systemClock } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";
import type { Activity, Check } from "../view/session-view.ts";
import { DueTimes } from "./due-times.ts";
import { ProbedSession } from "./probed-session.ts";
import type { ProbeTarget } from "./probed-session.ts";
import type { Probes } from "./probes.ts";
import type { Credentials } from "./stream.ts";

export interface ProberOptions {
  probes: Probes;
  /** Reads a session's credentials, by its key. They are kept for at most ten minutes. */
  credentials: (key: string) => Promise<Credentials | undefined>;
  /** What is known of a session is another thing now, or its idle time can be decided. */
  onChange: (key: string) => void;
  log: (message: string, key: string, error: unknown) => void;
  /** Its date is the API server's. */
  clock?: Clock;
  /** From 0 to 1. */
  random?: () => number;
}

/** What is known of a session's pod. */
export interface Seen {
  readonly stream: Check | undefined;
  readonly route: Check | undefined;
  readonly activity: Activity | undefined;
}

const concurrency = 32;
// At rest; above it looks come later. Those that a start or a decision waits for are not counted.
const looksPerSecond = 100;
// Of a process that was busy with other things.
const catchUpMs = 200;

/**
 * Looks at every session's stream, route and activity when it is time. What it knows is a cache: after a restart it is
 * looked at again. Nobody is told as long as the answers stay the same.
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #sessions = new Map<string, ProbedSession>();
  readonly #urgent = new DueTimes();
  readonly #calm = new DueTimes();
  readonly #stop = new AbortController();
  readonly #working = new Set<Promise<void>>();
  /** Before this moment no calm session has its turn. */
  #calmFromMs = 0;
  #timer: { dueMs: number; cancel: () => void } | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** Sessions that are looked at. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Looks at the session from now on. Of another pod than before nothing is known yet. */
  set(key: string, target: ProbeTarget): void {
    if (this.#stop.signal.aborted) return;
    const known = this.#sessions.get(key);
    if (known?.target.uid === target.uid) known.aim(target, this.#clock.now());
    else this.#sessions.set(key, new ProbedSession(key, target, this.#options, this.#clock, this.#random));
    this.#schedule(key);
    this.#armTimer();
  }

  forget(key: string): void {
    this.#sessions.delete(key);
    this.#urgent.remove(key);
    this.#calm.remove(key);
  }

  /** Of this pod of the session; nothing is known of another. */
  seen(key: string, uid: string | undefined): Seen {
    const session = this.#sessions.get(key);
    return session?.target.uid === uid && session
      ? session.seen
      : { stream: undefined, route: undefined, activity: undefined };
  }

  /** Ends the looks in progress and begins none any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    for (const key of [...this.#sessions.keys()]) this.forget(key);
    await Promise.all(this.#working);
  }

  #schedule(key: string): void {
    const session = this.#sessions.get(key);
    if (!session || session.isBusy) return;
    const { dueMs, isUrgent } = session.next;
    (isUrgent ? this.#calm : this.#urgent).remove(key);
    (isUrgent ? this.#urgent : this.#calm).put(key, dueMs);
  }

  #begin(): void {
    while (this.#working.size < concurrency) {
      const nowMs = this.#clock.now();
      const key = this.#urgent.take(nowMs) ?? this.#takeCalm(nowMs);
      const session = key === undefined ? undefined : this.#sessions.get(key);
      if (!session) break;
      const work = this.#probe(session).finally(() => {
        this.#working.delete(work);
        this.#begin();
      });
      this.#working.add(work);
    }
    this.#armTimer();
  }

  #takeCalm(nowMs: number): string | undefined {
    if (nowMs < this.#calmFromMs) return undefined;
    const key = this.#calm.take(nowMs);
    if (key !== undefined) this.#calmFromMs = Math.max(nowMs - catchUpMs, this.#calmFromMs) + 1000 / looksPerSecond;
    return key;
  }

  async #probe(session: ProbedSession): Promise<void> {
    const { key } = session;
    let hasNews = false;
    try {
      hasNews = await session.probe(this.#stop.signal);
    } catch (error) {
      this.#options.log("a session could not be looked at; it is looked at again later", key, error);
    }
    // Forgotten, or another pod, meanwhile.
    if (this.#sessions.get(key) !== session) return;
    this.#schedule(key);
    if (hasNews) this.#options.onChange(key);
  }

  /** One timer for all: for what is due first. */
  #armTimer(): void {
    if (this.#working.size >= concurrency || this.#stop.signal.aborted) return;
    const calmMs = this.#calm.nextMs;
    const dueMs = Math.min(
      this.#urgent.nextMs ?? Infinity,
      calmMs === undefined ? Infinity : Math.max(calmMs, this.#calmFromMs),
    );
    if (dueMs === this.#timer?.dueMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (dueMs === Infinity) return;
    const cancel = this.#clock.after(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#begin();
    });
    this.#timer = { dueMs, cancel };
  }
}
