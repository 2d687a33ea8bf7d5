/** Time as the parts of this folder see it, so that their tests need not wait. */
export interface Clock {
  /** Milliseconds on a monotonic scale: no wall clock that is set, and no skew between machines, moves it. */
  now(): number;
  /** The wall clock, only for what people or other programs read. */
  date(): Date;
  /** Calls back once after `ms`; returns what takes that back. */
  after(ms: number, callback: () => void): () => void;
}

// setTimeout counts in a signed 32-bit number and fires at once beyond it.
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time. Timers of it keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, callback) {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = () => {
      const leftMs = due - performance.now();
      timer = leftMs > longestTimerMs ? setTimeout(arm, longestTimerMs) : setTimeout(callback, Math.max(0, leftMs));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(signal?.aborted ? 0 : ms, end);
    signal?.addEventListener("abort", end, { once: true });
  });
}
