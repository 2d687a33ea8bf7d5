import { randomBytes } from "node:crypto";
import { apiMessage, classifyError } from "./api-error.ts";
import { backoffMs } from "./backoff.ts";
import type { ClusterClient } from "./client.ts";
import { pause, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { EventSeries } from "./event-series.ts";
import { eventKey, newEvent } from "./event.ts";
import type { EventSource, EventText } from "./event.ts";
import { microTime } from "./lease.ts";
import type { AnyObject, KubeObject } from "./object.ts";

export interface EventRecorderOptions {
  client: Pick<ClusterClient, "create" | "mergePatch">;
  source: EventSource;
  /** Events that could not be written, for people. */
  log?: (message: string) => void;
  clock?: Clock;
}

interface Write {
  readonly key: string;
  readonly object: AnyObject;
  readonly isNew: boolean;
}

// While the API server is away; beyond it the newest are dropped, for nobody waits for events.
const mostWaiting = 1_000;
const attempts = 4;
const backoff = { firstMs: 500, mostMs: 10_000, jitter: 0.3 };

/** Writes events in the background, one request at a time, repetitions as counts of a series. Never throws. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new EventSeries();
  /** The written event of each running series. */
  readonly #names = new Map<string, { name: string; namespace: string }>();
  readonly #waiting: Write[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Returns at once. */
  record(about: KubeObject, text: EventText): void {
    if (this.#isClosed) return;
    const key = eventKey(about, text);
    const decision = this.#series.observe(key, about.metadata?.uid ?? key, this.#clock.now());
    if (decision.write === "create") {
      const event = newEvent(about, text, this.#options.source, this.#clock.date(), randomBytes(8).toString("hex"));
      const { name = "", namespace = "" } = event.metadata ?? {};
      this.#names.set(key, { name, namespace });
      this.#push({ key, object: event, isNew: true });
    } else if (decision.write === "count") this.#pushCount(key, decision.count);
    if (this.#names.size > 2 * mostWaiting)
      for (const old of this.#names.keys()) if (!this.#series.has(old)) this.#names.delete(old);
  }

  /** Writes what is left, counts included, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { key, count } of this.#series.unwritten(this.#clock.now())) this.#pushCount(key, count);
    await this.#writing;
  }

  #pushCount(key: string, count: number): void {
    const metadata = this.#names.get(key);
    if (!metadata) return;
    const series = { count, lastObservedTime: microTime(this.#clock.date()) };
    this.#push({ key, object: { apiVersion: "events.k8s.io/v1", kind: "Event", metadata, series }, isNew: false });
  }

  #push(write: Write): void {
    if (this.#waiting.length >= mostWaiting) this.#giveUp(write, "too many wait");
    else {
      this.#waiting.push(write);
      this.#writing ??= this.#writeAll();
    }
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#waiting.shift(); write; write = this.#waiting.shift()) await this.#write(write);
    this.#writing = undefined;
  }

  async #write(write: Write): Promise<void> {
    const { client } = this.#options;
    for (let failures = 1; ; failures++)
      try {
        await (write.isNew ? client.create(write.object) : client.mergePatch(write.object));
        return;
      } catch (error) {
        const why = classifyError(error);
        if (why === "exists") return;
        if ((why !== "unavailable" && why !== "throttled") || failures === attempts) {
          this.#giveUp(write, apiMessage(error));
          return;
        }
        await pause(this.#clock, backoffMs(backoff, failures));
      }
  }

  #giveUp({ key, object }: Write, why: string): void {
    this.#series.forget(key);
    this.#names.delete(key);
    this.#options.log?.(`event ${object.metadata?.name ?? ""} was not written: ${why}`);
  }
}
