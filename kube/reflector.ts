import { apiMessage, classifyError, retryAfterMs } from "./api-error.ts";
import { pause } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { ObjectPage } from "./client-options.ts";
import type { AnyObject } from "./object.ts";
import { UnknownKindError } from "./plain-object-api.ts";
import { nextStep } from "./reflector.steps.ts";
import type { Outcome } from "./reflector.steps.ts";
import type { WatchEvent } from "./watch-events.ts";

/** A collection that can be listed and watched. */
export interface CollectionSource {
  page(options: { limit?: number; continue?: string | undefined; signal: AbortSignal }): Promise<ObjectPage>;
  watch(options: {
    resourceVersion: string;
    timeoutSeconds: number;
    signal: AbortSignal;
  }): Promise<AsyncIterable<WatchEvent>>;
}

/** Who keeps what was read. None of these may throw. */
export interface CollectionSink<T> {
  /** What is kept of an object: called at once, so that a long list never is in memory as it came. */
  trim(object: AnyObject): T;
  /** The whole collection as it was at this version. */
  replace(items: T[], resourceVersion: string | undefined): void;
  put(object: T): void;
  remove(object: T): void;
}

export interface ReflectorOptions {
  clock: Clock;
  pageSize: number;
  log: (message: string) => void;
}

// The server sends a bookmark each minute; longer silence is a dead connection.
const silenceMs = 90_000;

/** Copies a collection into a sink and keeps the copy true until `signal` aborts. Never throws. */
export async function reflect<T>(
  source: CollectionSource,
  sink: CollectionSink<T>,
  { clock, pageSize, log }: ReflectorOptions,
  signal: AbortSignal,
): Promise<void> {
  let version = "";
  let limit: number | undefined = pageSize;
  let step = { act: "list" as "list" | "watch", waitMs: 0, failures: 0 };
  while (!signal.aborted) {
    const outcome: Outcome = step.act === "list" ? await list() : await watch();
    step = nextStep(step.failures, outcome);
    if (step.waitMs > 0) await pause(clock, step.waitMs, signal);
  }

  async function list(): Promise<Outcome> {
    const items: T[] = [];
    let next: string | undefined;
    try {
      do {
        const page: ObjectPage = await source.page({ ...(limit && { limit }), continue: next, signal });
        for (const item of page.items) items.push(sink.trim(item));
        ({ resourceVersion: version, continue: next } = page);
        limit = page.limit ?? limit;
      } while (next);
    } catch (error) {
      return listFailure(error, next);
    }
    limit = pageSize;
    sink.replace(items, version);
    return { of: "list", result: "done" };
  }

  function listFailure(error: unknown, next: string | undefined): Outcome {
    const outcome = refusal("list", error);
    if (error instanceof UnknownKindError || outcome.why === "not-found") {
      sink.replace([], undefined);
      return { of: "list", result: "missing" };
    }
    // The pages took longer than the server keeps versions: the next try takes all in one.
    limit = outcome.why === "expired" && next !== undefined ? undefined : pageSize;
    return outcome;
  }

  async function watch(): Promise<Outcome> {
    const attempt = new AbortController();
    const begun = clock.now();
    let heard = begun;
    let cancel = clock.after(silenceMs, checkSilence);
    let events: AsyncIterable<WatchEvent>;
    try {
      // Spread, so that the watches of many clients do not all end together.
      const timeoutSeconds = Math.round(300 * (1 + Math.random()));
      const both = AbortSignal.any([signal, attempt.signal]);
      events = await source.watch({ resourceVersion: version, timeoutSeconds, signal: both });
    } catch (error) {
      cancel();
      return refusal("watch", error);
    }
    try {
      const failure = await follow(events, () => (heard = clock.now()));
      if (failure) return failure;
    } catch (error) {
      if (!signal.aborted) log(`the watch broke: ${apiMessage(error)}`);
    } finally {
      cancel();
      attempt.abort();
    }
    return { of: "watch", result: "ended", livedMs: clock.now() - begun };

    function checkSilence(): void {
      const leftMs = heard + silenceMs - clock.now();
      if (leftMs > 0) cancel = clock.after(leftMs, checkSilence);
      else attempt.abort(new Error(`nothing was heard for ${silenceMs / 1000} s`));
    }
  }

  async function follow(events: AsyncIterable<WatchEvent>, onEvent: () => void): Promise<Outcome | undefined> {
    for await (const { type, object } of events) {
      onEvent();
      if (type === "ERROR") {
        log(`the watch failed: ${object.message ?? "no reason given"}`);
        return { of: "watch", result: "refused", why: object.code === 410 ? "expired" : "unavailable" };
      }
      version = object.metadata?.resourceVersion ?? version;
      if (type === "DELETED") sink.remove(sink.trim(object));
      else if (type !== "BOOKMARK") sink.put(sink.trim(object));
    }
    return undefined;
  }

  function refusal(of: "list" | "watch", error: unknown): Outcome & { result: "refused" } {
    if (!signal.aborted) log(`the ${of} failed: ${apiMessage(error)}`);
    const askedMs = retryAfterMs(error);
    return { of, result: "refused", why: classifyError(error), ...(askedMs !== undefined && { askedMs }) };
  }
}
