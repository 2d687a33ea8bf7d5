import { apiMessage, classifyError } from "../../kube/client.ts";
import type { ErrorClass } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { quoted } from "../../kube/sentences.ts";
import type { VDISession } from "../api/objects.ts";
import { applyStatus } from "../status/apply-status.ts";
import type { StatusTarget } from "../status/apply-status.ts";
import { done, restMs } from "../status/pace.ts";
import type { Load, Pace } from "../status/pace.ts";
import { statusChanged } from "../status/session-status.ts";
import { sessionKey } from "../resources/keys.ts";

type Status = NonNullable<VDISession["status"]>;

export interface StatusWriterOptions extends StatusTarget {
  clock: Clock;
}

// A start passes through a dozen small states within a second; each would be a write that nobody has time to read.
const calmMs = 1_000;
// A start from a pool, or on a node that has the image, is over within this time, and its first word is that it is ready.
const firstWordMs = 400;

/** Far above what any start, or a desktop that comes and goes, takes: 15 in any minute, then about one. */
const pace: Pace = { atOnce: 10, restMs: 60_000 };
const refusedMs = 30_000;
const refused = new Set<ErrorClass>(["denied", "invalid", "quota", "terminating"]);

/** What keeps people from reading a status: it cannot stand in the status itself. */
export interface StatusTrouble {
  readonly reason: "StatusContested" | "StatusRefused";
  readonly message: string;
}

export interface StatusWrite {
  readonly written: boolean;
  readonly againMs?: number;
  readonly trouble?: StatusTrouble;
}

/** Writes a status when it differs: at once what people and programs wait for, steps on the way at most once a second. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #writtenMs = new Map<string, number>();
  /** Of tries to write, by uid. */
  readonly #loads = new Map<string, Load>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** @returns whether it was written, else after what time it may be, and what keeps it from being told */
  async write(session: VDISession, status: Status): Promise<StatusWrite> {
    const { clock } = this.#options;
    const uid = session.metadata.uid ?? "";
    if (!statusChanged(session.status, status)) return { written: false };
    // Only for a session that nothing was said about: another process may have said the last word just now, or long ago.
    const isNew = session.status?.phase === undefined;
    if (isNew && !this.#writtenMs.has(uid)) this.#writtenMs.set(uid, clock.now() - calmMs + firstWordMs);
    const sinceMs = clock.now() - (this.#writtenMs.get(uid) ?? -Infinity);
    if (sinceMs < calmMs && !isUrgent(session.status, status)) return { written: false, againMs: calmMs - sinceMs };
    const restedMs = restMs(pace, this.#loads.get(uid), clock.now());
    if (restedMs > 0) return { written: false, againMs: restedMs };
    const load = done(pace, this.#loads.get(uid), clock.now());
    this.#loads.set(uid, load);
    try {
      if (!(await applyStatus(this.#options, sessionKey(session), uid, status))) return { written: false };
    } catch (error) {
      if (!refused.has(classifyError(error))) throw error;
      return { written: false, againMs: refusedMs, trouble: refusal(session, error) };
    }
    this.#writtenMs.set(uid, clock.now());
    return { written: true, ...(load.times > pace.atOnce && { trouble: contested(session) }) };
  }

  forget(session: VDISession): void {
    const { uid = "" } = session.metadata;
    this.#writtenMs.delete(uid);
    this.#loads.delete(uid);
  }
}

function contested({ metadata: { name } }: VDISession): StatusTrouble {
  return {
    reason: "StatusContested",
    message: `The status of ${name} is changed by somebody else each time that it is written, so that it may not say what is the case. Look at the managers in its managedFields (kubectl get vdi ${name} --output yaml --show-managed-fields), and at mutating webhooks for vdisessions/status. The operator writes it ever more seldom.`,
  };
}

function refusal({ metadata: { name } }: VDISession, error: unknown): StatusTrouble {
  return {
    reason: "StatusRefused",
    message: `The API server does not take the status of ${name}, which says what was the case before: ${quoted(apiMessage(error))}. Look at the admission webhook or policy that it names, or restore the operator's rights with pulumi up.`,
  };
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
