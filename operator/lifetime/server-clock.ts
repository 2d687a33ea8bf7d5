import { systemClock } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";
import { TimeTrust } from "./time-trust.ts";

/** A clock, and whether what it shows may end anything. */
export interface DoubtableClock extends Clock {
  /** Why nothing may be ended by time now, as a sentence; undefined while the clocks agree. */
  readonly doubt: string | undefined;
}

export interface ServerClockOptions {
  /** Told when this machine's clock and the API server's are apart, and when nothing is ended by time for that any more. */
  log?: (message: string) => void;
  /** This machine's. */
  clock?: Clock;
}

// The header has whole seconds, and an answer may wait for its turn in this process.
const jitterMs = 2_000;
const worthSayingMs = 5_000;
// One answer with a wrong time (a proxy's, a clock that is just being set) must not end anybody's session.
const agreeingAnswers = 3;

/**
 * The time of the API server, which the times in objects come from: this machine's clock may be wrong. It is learnt from
 * the `Date` header of each answer; before the first one it is this machine's time.
 */
export class ServerClock implements DoubtableClock {
  readonly #clock: Clock;
  readonly #log: ((message: string) => void) | undefined;
  /** What the server's wall clock shows when the monotonic one shows 0; undefined before the first answer. */
  #zeroMs: number | undefined;
  /** A zero that answers agree on and that is not the one in use. */
  #other: { zeroMs: number; answers: number } | undefined;
  #hasSaid = false;
  readonly #trust = new TimeTrust();
  #wasInDoubt = false;

  constructor({ log, clock = systemClock }: ServerClockOptions = {}) {
    this.#clock = clock;
    this.#log = log;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, callback: () => void): () => void {
    return this.#clock.after(ms, callback);
  }

  date(): Date {
    return this.#zeroMs === undefined ? this.#clock.date() : new Date(this.#zeroMs + this.#clock.now());
  }

  get doubt(): string | undefined {
    if (this.#zeroMs === undefined) return undefined;
    const ownMs = this.#clock.date().getTime() - this.#clock.now();
    const doubt = this.#trust.doubt({ serverMs: this.#zeroMs, ownMs }, this.#clock.now());
    if (this.#wasInDoubt !== (doubt !== undefined)) {
      this.#wasInDoubt = doubt !== undefined;
      this.#log?.(
        doubt === undefined
          ? "the clocks agree again: sessions end by time as before"
          : `no session is ended or suspended by time, for ${doubt}`,
      );
    }
    return doubt;
  }

  /** For the options of the client: the time that an answer says it was sent at. */
  readonly onServerDate = (date: Date): void => {
    // On average half a second has passed since the second began.
    const zeroMs = date.getTime() + 500 - this.#clock.now();
    if (Number.isNaN(zeroMs)) return;
    if (this.#zeroMs === undefined) this.#follow(zeroMs);
    else if (Math.abs(zeroMs - this.#zeroMs) < jitterMs) this.#other = undefined;
    else if (this.#other === undefined || Math.abs(zeroMs - this.#other.zeroMs) >= jitterMs)
      this.#other = { zeroMs, answers: 1 };
    else if (++this.#other.answers >= agreeingAnswers) this.#follow(zeroMs);
  };

  #follow(zeroMs: number): void {
    this.#zeroMs = zeroMs;
    this.#other = undefined;
    // From now on it is compared, whether anybody asks or not.
    const { doubt } = this;
    const skewMs = this.date().getTime() - this.#clock.date().getTime();
    if (this.#hasSaid || Math.abs(skewMs) < worthSayingMs || doubt !== undefined) return;
    this.#hasSaid = true;
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    this.#log?.(
      `the clock of this machine is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the API server's; timeouts follow ` +
        "the API server. Set the time on this node, or on the API server's, by NTP",
    );
  }
}
