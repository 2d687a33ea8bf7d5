/** How delays grow from one failure to the next. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Part of a delay that chance decides: 0.2 spreads it from 80 % to 120 %. Spreads clients that failed together. */
  readonly jitter: number;
}

/**
 * The delay after the given number of failures in a row: doubled each time, at most `mostMs`, then spread.
 *
 * @param failures 1 after the first
 * @param random from 0 to 1
 */
export function backoffMs({ firstMs, mostMs, jitter }: Backoff, failures: number, random = Math.random()): number {
  // 2 ** 1024 is Infinity, which the limit turns into itself; 0 * Infinity would be NaN.
  const plain = Math.min(firstMs * 2 ** Math.min(Math.max(0, failures - 1), 1000), mostMs);
  return plain * (1 + jitter * (2 * random - 1));
}
