import { pause } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";
import { counted } from "../view/usage.ts";
import type { SliceHolder } from "../view/usage.ts";
import type { Usage } from "../view/usage-record.ts";

const everyMs = 60_000;
// Another replica has counted just now.
const freshMs = 45_000;

export interface MeterOptions {
  readonly usage: () => Usage;
  readonly write: (usage: Usage) => Promise<void>;
  readonly holders: () => readonly SliceHolder[];
  readonly clock: Clock;
}

/** Counts GPU slices each minute, in whichever replica comes first, until `signal` aborts. Never rejects. */
export async function meter({ usage, write, holders, clock }: MeterOptions, signal: AbortSignal): Promise<void> {
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const known = usage();
    const nowMs = clock.date().getTime();
    if (known.countedUntil === undefined || nowMs - Date.parse(known.countedUntil) >= freshMs)
      // Who came too late, or found the API server away, counts the same time with the next minute.
      await write(counted(known, holders(), nowMs)).catch(() => undefined);
    await pause(clock, everyMs, signal);
  }
}
