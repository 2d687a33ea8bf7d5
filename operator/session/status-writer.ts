import type { Clock } from "../../kube/clock.ts";
import type { VDISession } from "../api/objects.ts";
import { applyStatus } from "../status/apply-status.ts";
import type { StatusTarget } from "../status/apply-status.ts";
import { statusChanged } from "../status/session-status.ts";
import { sessionKey } from "./keys.ts";

type Status = NonNullable<VDISession["status"]>;

export interface StatusWriterOptions extends StatusTarget {
  clock: Clock;
}

// A start passes through a dozen small states within a second; each would be a write that nobody has time to read.
const calmMs = 1_000;
// A start from a pool, or on a node that has the image, is over within this time, and its first word is that it is ready.
const firstWordMs = 400;

/** Writes a status when it differs: at once what people and programs wait for, steps on the way at most once a second. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #writtenMs = new Map<string, number>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** @returns whether it was written, and else after what time it may be */
  async write(session: VDISession, status: Status): Promise<{ written: boolean; againMs?: number }> {
    const { clock } = this.#options;
    const uid = session.metadata.uid ?? "";
    if (!statusChanged(session.status, status)) return { written: false };
    // Only for a session that nothing was said about: another process may have said the last word just now, or long ago.
    const isNew = session.status?.phase === undefined;
    if (isNew && !this.#writtenMs.has(uid)) this.#writtenMs.set(uid, clock.now() - calmMs + firstWordMs);
    const sinceMs = clock.now() - (this.#writtenMs.get(uid) ?? -Infinity);
    if (sinceMs < calmMs && !isUrgent(session.status, status)) return { written: false, againMs: calmMs - sinceMs };
    if (!(await applyStatus(this.#options, sessionKey(session), uid, status))) return { written: false };
    this.#writtenMs.set(uid, clock.now());
    return { written: true };
  }

  forget(session: VDISession): void {
    this.#writtenMs.delete(session.metadata.uid ?? "");
  }
}

/** What `kubectl wait`, portals and people wait for: that it is ready or is not any more, ends, or needs somebody. */
export function isUrgent(before: Status | undefined, after: Status): boolean {
  const signs = (status: Status | undefined) => [
    isOnTheWay(status) ? "" : status?.phase,
    // Counted on from what was written.
    status?.restarts ?? 0,
    ...["Ready", "Stalled"].map(
      (wanted) => status?.conditions?.find(({ type, status }) => type === wanted && status === "True") !== undefined,
    ),
  ];
  return signs(before).join() !== signs(after).join();
}

function isOnTheWay(status: Status | undefined): boolean {
  return status?.phase === undefined || status.phase === "Pending" || status.phase === "Creating";
}
