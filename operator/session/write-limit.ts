import type { Clock } from "../../kube/clock.ts";
import { backoffMs } from "../../kube/backoff.ts";
import type { Refusal } from "./view.ts";
import { nameOf } from "./write.ts";
import type { Batch, Write } from "./write.ts";

/** What of a plan is written now. */
export interface Due {
  readonly batches: Batch[];
  /** When to look again at what is not. */
  readonly againMs?: number;
  /** Objects that somebody else undoes each time they are written. */
  readonly contested: readonly Refusal[];
}

/** What people do to an object, one change after the other, is put right at once. */
const timesAtOnce = 10;
// Then after 2, 6, 14, 30 and 62 s, then seldom: the same is written at most 15 times in any minute.
const backoff = { firstMs: 2_000, mostMs: 5 * 60_000, jitter: 0 };
/** What has stayed for so long is not contested any more. */
const quietMs = 10 * 60_000;

/**
 * Keeps a session's writes apart in time when one and the same is due again and again: another controller or an admission
 * webhook may undo what is written, and would make the operator write without end.
 */
export class WriteLimit {
  readonly #clock: Clock;
  /** By session's uid, and what is written. */
  readonly #written = new Map<string, Map<string, { times: number; atMs: number }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Of these batches what may be written, in the same order. */
  due(uid: string, batches: readonly Batch[]): Due {
    const contested: Refusal[] = [];
    let againMs: number | undefined;
    const kept = batches.map((batch) =>
      batch.filter((write) => {
        const waitMs = this.#waitMs(uid, write);
        if (waitMs <= 0) return true;
        againMs = Math.min(againMs ?? Infinity, waitMs);
        contested.push(refusal(write));
        return false;
      }),
    );
    return {
      batches: kept.filter((batch) => batch.length > 0),
      ...(againMs !== undefined && { againMs }),
      contested,
    };
  }

  /** It was written. */
  note(uid: string, write: Write): void {
    const ofSession = this.#written.get(uid) ?? new Map<string, { times: number; atMs: number }>();
    this.#written.set(uid, ofSession);
    const nowMs = this.#clock.now();
    const before = ofSession.get(nameOf(write));
    const isAgain = before !== undefined && nowMs - before.atMs < quietMs;
    ofSession.set(nameOf(write), { times: isAgain ? before.times + 1 : 1, atMs: nowMs });
  }

  /** The session is gone. */
  forget(uid: string): void {
    this.#written.delete(uid);
  }

  #waitMs(uid: string, write: Write): number {
    const before = this.#written.get(uid)?.get(nameOf(write));
    return before === undefined ? 0 : before.atMs + delayMs(before.times) - this.#clock.now();
  }
}

function delayMs(times: number): number {
  return times < timesAtOnce ? 0 : backoffMs(backoff, times - timesAtOnce + 1, 0);
}

function refusal(write: Write): Refusal {
  const { kind, metadata } = write.do === "delete" ? write.key : write.object;
  const message = `${metadata?.name ?? ""} is changed back each time by somebody else, whom its managedFields name`;
  return { kind: kind as Refusal["kind"], why: "Contested", message };
}
