/** What clocks show when this machine's monotonic clock shows 0, milliseconds since 1970. */
export interface ClockZeros {
  /** The API server's. */
  readonly serverMs: number;
  /** This machine's own. */
  readonly ownMs: number;
}

// Far beyond what NTP leaves, far below what anybody's desktop may be ended too early by.
const boundMs = 60_000;
/** So long both clocks have to agree after they were set before anything ends by the new time. */
const setMs = 3_600_000;

/**
 * Whether time may end anything. Neither the API server's clock nor this machine's is believed alone: they have to agree.
 * Where both were set, as they are one clock on a single node, the monotonic clock tells, and they are believed an hour later.
 * What it cannot tell is that both were wrong together from the start of this process on.
 */
export class TimeTrust {
  #trustedMs: number | undefined;
  #setAtMs: number | undefined;

  /**
   * @param nowMs on the monotonic clock
   * @returns why nothing may be ended by time, as a sentence; undefined while nothing speaks against it
   */
  doubt({ serverMs, ownMs }: ClockZeros, nowMs: number): string | undefined {
    const skewMs = ownMs - serverMs;
    if (Math.abs(skewMs) > boundMs)
      return `the clock of this machine is ${told(skewMs)} the API server's. Set both by NTP`;
    this.#trustedMs ??= serverMs;
    const stepMs = serverMs - this.#trustedMs;
    if (Math.abs(stepMs) > boundMs) {
      this.#setAtMs ??= nowMs;
      if (nowMs - this.#setAtMs < setMs)
        return (
          `the clocks of the API server and of this machine were both set: they are ${told(stepMs)} where they were. ` +
          "Set them by NTP if that is wrong; an hour after it was seen it is believed"
        );
    }
    this.#setAtMs = undefined;
    this.#trustedMs = serverMs;
    return undefined;
  }
}

function told(ms: number): string {
  return `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? "ahead of" : "behind"}`;
}
