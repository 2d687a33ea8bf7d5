import { setTimeout as sleep } from "node:timers/promises";

/** So many a second, so many in all. */
export interface Arrivals {
  readonly perSecond: number;
  readonly count: number;
}

/**
 * Begins the work on each at its time, whatever became of those before: people do not wait for each other.
 *
 * @throws the first failure, after all have ended
 */
export async function arrive({ perSecond, count }: Arrivals, work: (index: number) => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  const works: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) {
    const waitMs = begun + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    works.push(work(index));
    // A failure is told at the end; until then it must not count as unhandled.
    works.at(-1)?.catch(() => undefined);
  }
  await Promise.all(works);
}

/** Waits until it is so, at most for the time given. */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await sleep(50);
  }
  return true;
}
