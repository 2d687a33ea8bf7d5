import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import type { AnyObject } from "../../kube/object.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { VDISession } from "../api/objects.ts";
import type { ClusterEvent } from "../kinds.ts";
import { isReady } from "../../analyzers/readiness.ts";
import type { SessionView } from "../view/session-view.ts";

export interface StartEventsOptions {
  client: Pick<ClusterClient, "list">;
  namespace: string;
  clock: Clock;
}

// A start that takes longer wants an explanation. Asked for less often the longer it takes.
const slowMs = 10_000;
const mostMs = 5 * 60_000;

/** What scheduler, kubelet and provisioner say about a start that is slow. Read when needed: a watch would bring all events. */
export class StartEvents {
  readonly #options: StartEventsOptions;
  readonly #known = new Map<string, { atMs: number; events: readonly ClusterEvent[] }>();

  constructor(options: StartEventsOptions) {
    this.#options = options;
  }

  /** @returns the events, and when to read again; nothing for what starts in time or has started */
  async read(view: SessionView, now: Date): Promise<{ events: readonly ClusterEvent[]; againMs?: number }> {
    const { session, pod, home } = view;
    const uid = session.metadata.uid ?? "";
    if (!pod || isReady(pod)) {
      this.#known.delete(uid);
      return { events: [] };
    }
    const ageMs = now.getTime() - Date.parse(pod.metadata.creationTimestamp ?? "");
    if (!(ageMs >= slowMs)) return { events: [], againMs: slowMs - (ageMs || 0) };
    const everyMs = Math.min(mostMs, Math.max(slowMs, ageMs / 4));
    const { clock } = this.#options;
    const before = this.#known.get(uid);
    const restMs = before ? before.atMs + everyMs - clock.now() : 0;
    if (before && restMs > 0) return { events: before.events, againMs: restMs };
    const found = await Promise.all(
      [pod, ...(home ? [home] : [])].map(({ metadata }) => this.#about(metadata.uid ?? "")),
    );
    const events = found.flat().sort((a, b) => (a.lastTime < b.lastTime ? -1 : 1));
    this.#known.set(uid, { atMs: clock.now(), events });
    return { events, againMs: everyMs };
  }

  /** The session is gone. */
  forget({ metadata }: VDISession): void {
    this.#known.delete(metadata.uid ?? "");
  }

  /** Starts that something is kept of. */
  get size(): number {
    return this.#known.size;
  }

  async #about(uid: string): Promise<ClusterEvent[]> {
    const { client, namespace } = this.#options;
    const found = await client.list("v1", "Event", { namespace, fieldSelector: `involvedObject.uid=${uid}` });
    return found.map(toEvent);
  }
}

/** New reporters fill eventTime and series, old ones lastTimestamp. */
function toEvent(event: AnyObject): ClusterEvent {
  const { type, reason, message, lastTimestamp, eventTime, series } = event as {
    type?: string;
    reason?: string;
    message?: string;
    lastTimestamp?: string;
    eventTime?: string;
    series?: { lastObservedTime?: string };
  };
  return {
    type: type === "Warning" ? "Warning" : "Normal",
    reason: untrusted(reason ?? ""),
    message: untrusted(message ?? ""),
    lastTime: series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? event.metadata?.creationTimestamp ?? "",
  };
}
