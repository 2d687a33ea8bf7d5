import type { VDISession } from "../api/objects.ts";

/** `active`: has a pod, or one is being made. `waiting`: wants one. `out`: wants none, or cannot have one for now. */
export type Place = "active" | "waiting" | "out";

/**
 * Sessions that share what not all of them can have at once, the home volume or a user's number of desktops. Whoever has a
 * pod keeps it; the others are served by age. No look at one costs more when there are many.
 */
export class StartLine {
  readonly #capacity: number;
  /** By uid. */
  readonly #active = new Map<string, VDISession>();
  /** Oldest first. */
  readonly #waiting: VDISession[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#active.size + this.#waiting.length === 0;
  }

  /** @returns its place until now */
  put(session: VDISession, place: Place): Place {
    const uid = session.metadata.uid ?? "";
    const at = this.#rank(session);
    const isHere = this.#waiting[at]?.metadata.uid === uid;
    const before = this.#active.has(uid) ? "active" : isHere ? "waiting" : "out";
    if (place === "waiting") this.#waiting.splice(at, isHere ? 1 : 0, session);
    else if (isHere) this.#waiting.splice(at, 1);
    if (place === "active") this.#active.set(uid, session);
    else this.#active.delete(uid);
    return before;
  }

  /** Who goes before this session, so that it has to wait: the one next to it in line, or one that has a pod. */
  ahead(session: VDISession): VDISession | undefined {
    if (this.#active.has(session.metadata.uid ?? "")) return undefined;
    const rank = this.#rank(session);
    if (rank + this.#active.size < this.#capacity) return undefined;
    if (rank > 0) return this.#waiting[rank - 1];
    for (const active of this.#active.values()) return active;
    return undefined;
  }

  /** Those that need not wait any longer. */
  get startable(): VDISession[] {
    return this.#waiting.slice(0, Math.max(0, this.#capacity - this.#active.size));
  }

  /** The one next to this session, which was told of it. */
  after(session: VDISession): VDISession | undefined {
    const rank = this.#rank(session);
    const isHere = this.#waiting[rank]?.metadata.uid === session.metadata.uid;
    return this.#waiting[isHere ? rank + 1 : rank];
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

function isOlder({ metadata: a }: VDISession, { metadata: b }: VDISession): boolean {
  const [created, otherCreated] = [a.creationTimestamp ?? "", b.creationTimestamp ?? ""];
  return created === otherCreated ? (a.uid ?? "") < (b.uid ?? "") : created < otherCreated;
}
