import type { ClusterClient } from "../../kube/client.ts";
import { classifyError } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { VDISession } from "../api/objects.ts";
import { managerName } from "../resources/labels.ts";
import { statusChanged } from "../status/session-status.ts";
import { sessionKey } from "./keys.ts";

type Status = NonNullable<VDISession["status"]>;

export interface StatusWriterOptions {
  client: Pick<ClusterClient, "applyStatus">;
  observe: (object: AnyObject) => void;
  clock: Clock;
}

// A start passes through a dozen small states within a second; each would be a write that nobody has time to read.
const calmMs = 1_000;

/** Writes a status when it differs: at once what people and programs wait for, steps on the way at most once a second. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #writtenMs = new Map<string, number>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** @returns whether it was written, and else after what time it may be */
  async write(session: VDISession, status: Status): Promise<{ written: boolean; againMs?: number }> {
    const { client, observe, clock } = this.#options;
    const uid = session.metadata.uid ?? "";
    if (!statusChanged(session.status, status)) return { written: false };
    const sinceMs = clock.now() - (this.#writtenMs.get(uid) ?? -Infinity);
    if (sinceMs < calmMs && !isUrgent(session.status, status)) return { written: false, againMs: calmMs - sinceMs };
    const key = sessionKey(session);
    // The uid: a session made anew under the name must not get this one's status.
    const object = { ...key, metadata: { ...key.metadata, uid }, status };
    try {
      observe(await client.applyStatus(object, { fieldManager: managerName, force: true }));
    } catch (error) {
      // Gone, or another one by now.
      if (["not-found", "conflict"].includes(classifyError(error))) return { written: false };
      throw error;
    }
    this.#writtenMs.set(uid, clock.now());
    return { written: true };
  }

  forget(session: VDISession): void {
    this.#writtenMs.delete(session.metadata.uid ?? "");
  }
}

/** What `kubectl wait`, portals and people look at. */
export function isUrgent(before: Status | undefined, after: Status): boolean {
  const signs = (status: Status | undefined) => [
    status?.phase,
    ...["Ready", "Stalled"].map((wanted) => status?.conditions?.find(({ type }) => type === wanted)?.status),
  ];
  return signs(before).join() !== signs(after).join();
}
