const firstMs = 10_000;
const longestMs = 300_000;
/** A container that ran so long is started at once when it ends, as if it had never ended before. */
const forgivenMs = 600_000;

/** How long a container waits until it is started again: not at all at first, then twice as long each time. */
export class BackOff {
  #nextMs = 0;

  delayMs(ranMs: number): number {
    if (ranMs >= forgivenMs) this.#nextMs = 0;
    const delay = this.#nextMs;
    this.#nextMs = Math.min(longestMs, delay === 0 ? firstMs : delay * 2);
    return delay;
  }
}
