const windowMs = 1_000;
const many = 5;
/** How many of the last takings say whether there is a burst. */
export const takingsKept = many + 1;

/**
 * Until when the pool makes no others, milliseconds since 1970; undefined when it may. When many come at the same time,
 * those that take a desktop get the API server, the scheduler and the nodes to themselves: another desktop costs these as
 * much as they do, and would be ready too late for them. A pool that runs dry is taken from no more, so that it goes on.
 *
 * @param takenMs when sessions took a desktop of the pool, milliseconds since 1970, oldest first
 */
export function burstEndMs(takenMs: readonly number[], atMs: number): number | undefined {
  const endMs = (takenMs.at(-takingsKept) ?? -Infinity) + windowMs;
  return endMs > atMs ? endMs : undefined;
}
