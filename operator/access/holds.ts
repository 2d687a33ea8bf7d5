import type { Clock } from "../../kube/clock.ts";
import { pause } from "../../kube/clock.ts";

/** How long a question is kept open: below the 30 s that Traefik waits, and the time that a replica takes to end. */
const longestMs = 8_000;
const lookMs = 100;
// Each is a connection of Traefik's; whoever comes beyond gets an answer at once.
const most = 1_000;

/**
 * Questions that are kept open until there is something new to say: who waits for a desktop hears at once that it is there,
 * and a forgotten page, which asks again as soon as it is answered, asks seldom.
 */
export class Holds {
  readonly #clock: Clock;
  #held = 0;
  readonly #release = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hasRoom(): boolean {
    return this.#held < most && !this.#release.signal.aborted;
  }

  /** Resolves when `isNews` says so, after some seconds, or at once when there is no room. */
  async until(isNews: () => boolean): Promise<void> {
    if (!this.hasRoom) return;
    const { signal } = this.#release;
    const endMs = this.#clock.now() + longestMs;
    this.#held++;
    try {
      while (!isNews() && this.#clock.now() < endMs && !signal.aborted) await pause(this.#clock, lookMs, signal);
    } finally {
      this.#held--;
    }
  }

  /** Answers all that are held, and holds none from now on. */
  release(): void {
    this.#release.abort();
  }
}
