import type { Clock } from "../../kube/clock.ts";
import { backoffMs } from "../../kube/backoff.ts";
import { shortHash } from "../resources/names.ts";
import { done, restMs } from "../status/pace.ts";
import type { Load, Pace } from "../status/pace.ts";
import type { Refusal } from "../view/session-view.ts";
import { isNeeded, nameOf } from "./write.ts";
import type { Batch, Write } from "./write.ts";

/** What of a plan is written now. */
export interface Due {
  readonly batches: Batch[];
  /** What is not, as far as it is known why: refused at the last try, or undone by somebody each time. */
  readonly heldBack: readonly Refusal[];
  /** When the first of what is not may be; undefined when all is written now. */
  readonly againMs: number | undefined;
}

/** What became of a write. `lost`: somebody else was faster. `failed`: it may pass later. Else it was refused for good. */
export type Outcome = "done" | "lost" | "failed" | Refusal;

/** The most writes for one session in any minute, whatever the cluster does. */
export const mostOfSession = 120;

/** Objects with names of their own each, as a pool's, are forgotten beyond. */
const mostKept = 500;
const keptMs = 10 * 60_000;

/**
 * What people do to an object, one change after the other, is put right at once; then after 2, 6, 14, 30 and 62 s, then
 * about each two minutes. So the same is written at most 15 times in any minute.
 */
const pace: Pace = { atOnce: 10, restMs: 2 * 60_000 };
// Quotas are raised and kinds are installed, and no watch tells of either: people wait for it.
const refused = { firstMs: 5_000, mostMs: 2 * 60_000, jitter: 0 };

/** Of what is done to one object. */
interface WriteHistory {
  readonly load: Load;
  /** How often in a row the very same was refused, and why. */
  readonly refusal: { times: number; content: string; why: Refusal } | undefined;
  readonly hasFailed: boolean;
}

/**
 * Keeps a session's writes apart in time: the same one that is due again and again since another controller or an admission
 * webhook undoes it, one that the API server refuses, and all of them together, whatever wakes the session.
 */
export class WriteLimit {
  readonly #clock: Clock;
  readonly #mostPerMinute: number;
  /** By session's uid, and what is written. */
  readonly #histories = new Map<string, Map<string, WriteHistory>>();
  /** Times of the last minute's writes, by session's uid. */
  readonly #recent = new Map<string, number[]>();

  /** @param mostPerMinute of all writes for one */
  constructor(clock: Clock, mostPerMinute = mostOfSession) {
    this.#clock = clock;
    this.#mostPerMinute = mostPerMinute;
  }

  /** Of these batches what may be written, in the same order. */
  due(uid: string, batches: readonly Batch[]): Due {
    // Of one moment: what is held back by it must not count as free a moment later, when nobody would come back for it.
    const nowMs = this.#clock.now();
    const heldBack: Refusal[] = [];
    const waits: number[] = [];
    const kept: Batch[] = [];
    const isPodHeld = batches.flat().some((write) => isPod(write) && this.#waitMs(uid, write, nowMs) > 0);
    const recent = this.#recentOf(uid, nowMs);
    const minuteEndsMs = (recent[0] ?? nowMs) + minuteMs - nowMs;
    let left = this.#mostPerMinute - recent.length;
    for (const planned of batches) {
      // What only the pod needs waits with it.
      const batch = isPodHeld ? planned.filter((write) => !isNeeded(write)) : planned;
      const held = batch.filter((write) => {
        const waitMs = this.#waitMs(uid, write, nowMs) || (left-- <= 0 ? minuteEndsMs : 0);
        if (waitMs > 0) waits.push(waitMs);
        return waitMs > 0;
      });
      heldBack.push(...held.flatMap((write) => this.#reason(uid, write) ?? []));
      kept.push(batch.filter((write) => !held.includes(write)));
      // What comes after it would only wait for it.
      if (held.some(isNeeded)) break;
    }
    const againMs = waits.length > 0 ? Math.min(...waits) : undefined;
    return { batches: kept.filter((batch) => batch.length > 0), heldBack, againMs };
  }

  /** When the first of these, which were just tried, may be tried again; undefined when none was refused. */
  retryMs(uid: string, batches: readonly Batch[]): number | undefined {
    const refused = batches.flat().filter((write) => this.#isRefused(uid, write));
    // A later write of its batch may have taken longer than the wait.
    const waits = refused.map((write) => Math.max(1, this.#waitMs(uid, write, this.#clock.now())));
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  /**
   * It was tried.
   *
   * @returns whether somebody undoes it each time
   */
  note(uid: string, write: Write, outcome: Outcome): boolean {
    const nowMs = this.#clock.now();
    const ofSession = this.#histories.get(uid) ?? new Map<string, WriteHistory>();
    this.#histories.set(uid, ofSession);
    if (this.#mostPerMinute < Infinity) this.#recent.set(uid, [...this.#recentOf(uid, nowMs), nowMs]);
    if (ofSession.size > mostKept)
      for (const [key, { load }] of ofSession) if (nowMs - load.atMs > keptMs) ofSession.delete(key);
    const before = ofSession.get(keyOf(write));
    const load = done(pace, before?.load, nowMs);
    ofSession.set(keyOf(write), {
      ...{ load, refusal: refusalOf(write, outcome, before?.refusal) },
      hasFailed: outcome === "failed",
    });
    return outcome === "done" && load.times > pace.atOnce;
  }

  /** The session is gone. */
  forget(uid: string): void {
    this.#histories.delete(uid);
    this.#recent.delete(uid);
  }

  #isRefused(uid: string, write: Write): boolean {
    // What is corrected is tried at once, but for who corrects it without end.
    const refusal = this.#histories.get(uid)?.get(keyOf(write))?.refusal;
    return refusal !== undefined && refusal.content === contentOf(write);
  }

  #waitMs(uid: string, write: Write, nowMs: number): number {
    const history = this.#histories.get(uid)?.get(keyOf(write));
    if (history === undefined) return 0;
    const { load, refusal } = history;
    const times = this.#isRefused(uid, write) ? (refusal?.times ?? 0) : 0;
    const ofRefusal = times > 0 ? load.atMs + backoffMs(refused, times, 0) - nowMs : 0;
    return Math.max(restMs(pace, load, nowMs), ofRefusal);
  }

  #reason(uid: string, write: Write): Refusal | undefined {
    const history = this.#histories.get(uid)?.get(keyOf(write));
    if (!history || history.refusal || history.hasFailed) return history?.refusal?.why;
    return history.load.times < pace.atOnce ? undefined : contested(write);
  }

  #recentOf(uid: string, nowMs: number): number[] {
    const afterMs = nowMs - minuteMs;
    return (this.#recent.get(uid) ?? []).filter((it) => it > afterMs);
  }
}

const minuteMs = 60_000;

function isPod(write: Write): boolean {
  return write.do === "create" && write.object.kind === "Pod";
}

/** Of another object with the same name, or none, each is the first: whoever ends a desktop must not wait for it. */
function keyOf(write: Write): string {
  return write.do === "delete" ? `${nameOf(write)} ${write.uid ?? ""}` : nameOf(write);
}

/** Stands for what is asked for, without what differs each time: passwords, times. */
function contentOf(write: Write): string {
  return write.do === "delete" ? "" : shortHash(JSON.stringify(write.object["spec"] ?? null));
}

function refusalOf(write: Write, outcome: Outcome, before: WriteHistory["refusal"]): WriteHistory["refusal"] {
  if (outcome === "done" || outcome === "lost") return undefined;
  if (outcome === "failed") return before;
  const content = contentOf(write);
  return { times: before?.content === content ? before.times + 1 : 1, content, why: outcome };
}

function contested(write: Write): Refusal {
  const { kind, metadata } = write.do === "delete" ? write.key : write.object;
  const message = `${metadata?.name ?? ""} is changed back each time by somebody else, whom its managedFields name`;
  return { kind: kind as Refusal["kind"], why: "Contested", message };
}
