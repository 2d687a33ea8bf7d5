import type { VDISession } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import type { Ahead } from "../view/session-view.ts";

/** `active`: has a pod, or one is being made. `waiting`: wants one. `out`: wants none, or cannot have one for now. */
export type Place = "active" | "waiting" | "out";

/**
 * Sessions that share what not all of them can have at once, the home volume or a user's number of desktops. Whoever has a
 * pod keeps it; the others are served by age. A session that is gone counts until its pod is. No look at one costs more
 * when there are many.
 */
export class StartLine {
  readonly #capacity: number;
  /** By uid. */
  readonly #active = new Map<string, VDISession>();
  /** Pods of sessions that are gone, by the session's id: labels are what tells of these. */
  readonly #left = new Map<string, Pod>();
  /** Oldest first. */
  readonly #waiting: VDISession[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#taken + this.#waiting.length === 0;
  }

  /** @returns its place until now */
  put(session: VDISession, place: Place): Place {
    const { uid = "" } = session.metadata;
    const at = this.#rank(session);
    const isHere = isSame(this.#waiting[at], session);
    const before = this.#active.has(uid) ? "active" : isHere ? "waiting" : "out";
    if (place === "waiting") this.#waiting.splice(at, isHere ? 1 : 0, session);
    else if (isHere) this.#waiting.splice(at, 1);
    if (place === "active") this.#active.set(uid, session);
    else this.#active.delete(uid);
    return before;
  }

  /**
   * What is left of a session that is gone; undefined: nothing any more.
   *
   * @returns whether that is something else than until now
   */
  leave(id: string, pod: Pod | undefined): boolean {
    const before = this.#left.get(id);
    if (pod) this.#left.set(id, pod);
    else this.#left.delete(id);
    return before?.metadata.uid !== pod?.metadata.uid;
  }

  /** Who goes before this session, so that it has to wait: the one next to it in line, or one that has a pod. */
  ahead(session: VDISession): Ahead | undefined {
    if (this.#active.has(session.metadata.uid ?? "")) return undefined;
    const rank = this.#rank(session);
    if (rank + this.#taken < this.#capacity) return undefined;
    const next = rank > 0 ? this.#waiting[rank - 1] : undefined;
    if (next) return { session: next };
    // It goes by itself, and soon.
    for (const pod of this.#left.values()) return { pod };
    for (const active of this.#active.values()) return { session: active };
    return undefined;
  }

  /** Those that need not wait any longer. */
  get startable(): VDISession[] {
    return this.#waiting.slice(0, Math.max(0, this.#capacity - this.#taken));
  }

  /** The first of those that wait, which is told of one that has a pod. */
  get first(): VDISession | undefined {
    return this.#waiting[0];
  }

  /** The one next to this session, which was told of it. */
  after(session: VDISession): VDISession | undefined {
    const rank = this.#rank(session);
    return this.#waiting[isSame(this.#waiting[rank], session) ? rank + 1 : rank];
  }

  get #taken(): number {
    return this.#active.size + this.#left.size;
  }

  /** How many are older. */
  #rank(session: VDISession): number {
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#waiting[middle];
      if (other && isOlder(other, session)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isSame(a: VDISession | undefined, b: VDISession): boolean {
  return a?.metadata.uid === b.metadata.uid;
}

function isOlder({ metadata: a }: VDISession, { metadata: b }: VDISession): boolean {
  const [created, otherCreated] = [a.creationTimestamp ?? "", b.creationTimestamp ?? ""];
  return created === otherCreated ? (a.uid ?? "") < (b.uid ?? "") : created < otherCreated;
}
