import { keyOf } from "../../kube/store.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { homeName } from "../resources/names.ts";
import { ownerOf, podOf } from "./pod-owner.ts";
import { StartLine } from "./start-line.ts";
import type { Place } from "./start-line.ts";

export interface StartLinesOptions {
  readonly caches: Pick<Caches, "sessions" | "pods">;
  /** The most desktops of one user at once; undefined: as many as they like. */
  readonly maxPerUser: number | undefined;
  /** A session, by its key, whose turn may have come, or that is told of another one than before. */
  readonly wake: (key: string) => void;
}

/**
 * Who waits for whom: a home volume is for one session at a time, and a user has so many desktops. Follows the caches and
 * wakes who is next, so that those who wait cost nothing meanwhile.
 */
export class StartLines {
  readonly #options: StartLinesOptions;
  /** By the name of the claim. */
  readonly #homes = new Map<string, StartLine>();
  /** By the user's name. */
  readonly #users = new Map<string, StartLine>();
  /** uids of sessions whose pod is being made: of sessions that are looked at together, not all may start. */
  readonly #starting = new Set<string>();

  constructor(options: StartLinesOptions) {
    this.#options = options;
    const { sessions, pods } = options.caches;
    const place = (session: VDISession) => this.#place(session, this.#placeOf(session));
    const placeOwner = (pod: Pod) => {
      const owner = ownerOf(pod, options.caches);
      if (owner) place(owner);
    };
    sessions.on({
      add: place,
      update: place,
      delete: (session) => {
        this.#starting.delete(session.metadata.uid ?? "");
        this.#place(session, "out");
      },
    });
    pods.on({
      add: placeOwner,
      update: (pod, before) => {
        placeOwner(pod);
        placeOwner(before);
      },
      delete: (pod) => {
        placeOwner(pod);
        // Its session may have gone before it.
        for (const { persistentVolumeClaim: claim } of pod.spec?.volumes ?? [])
          this.#wake(this.#homes.get(claim?.claimName ?? "")?.startable);
      },
    });
  }

  /** The session that has the user's home, or gets it before this one, which has to wait. */
  homeHolder(session: VDISession): VDISession | undefined {
    if (!session.spec.persistence.enabled) return undefined;
    return this.#homes.get(homeName(session.spec.user))?.ahead(session);
  }

  /** The session beside or before which this one would be one too many of its user. */
  oneTooMany(session: VDISession): VDISession | undefined {
    return this.#users.get(session.spec.user)?.ahead(session);
  }

  /** From when a pod is about to be made until it is known to be there, or not. */
  setStarting(session: VDISession, isStarting: boolean): void {
    const { uid = "" } = session.metadata;
    if (isStarting === this.#starting.has(uid)) return;
    if (isStarting) this.#starting.add(uid);
    else this.#starting.delete(uid);
    const place = this.#placeOf(session);
    for (const { line } of this.#put(session, place)) {
      const [oldest] = line.startable;
      // One that is older was told to wait meanwhile. The others would only meet what this one met.
      if (place !== "active" && oldest?.metadata.uid !== uid) this.#wake([oldest]);
    }
  }

  #place(session: VDISession, place: Place): void {
    for (const { line, before } of this.#put(session, place)) {
      if (before === place) continue;
      if (before === "active" || place === "out") this.#wake(line.startable);
      // Who is behind one that has a pod by now waits for it as before.
      if (place !== "active") this.#wake([line.after(session)]);
    }
  }

  /** Puts it into the lines that it is in, and tells its place until now. */
  #put(session: VDISession, place: Place): { line: StartLine; before: Place }[] {
    const { user, persistence } = session.spec;
    const { maxPerUser } = this.#options;
    return [
      { lines: this.#homes, key: homeName(user), capacity: 1, place: persistence.enabled ? place : ("out" as const) },
      ...(maxPerUser === undefined ? [] : [{ lines: this.#users, key: user, capacity: maxPerUser, place }]),
    ].map(({ lines, key, capacity, place }) => {
      const line = lines.get(key) ?? new StartLine(capacity);
      const before = line.put(session, place);
      if (line.isEmpty) lines.delete(key);
      else lines.set(key, line);
      return { line, before };
    });
  }

  #placeOf(session: VDISession): Place {
    if (this.#starting.has(session.metadata.uid ?? "") || podOf(session, this.#options.caches)) return "active";
    return wantsToStart(session) ? "waiting" : "out";
  }

  #wake(sessions: readonly (VDISession | undefined)[] = []): void {
    for (const session of sessions) if (session) this.#options.wake(keyOf(session));
  }
}

const awaited = new Set(["HomeInUse", "TooManySessions"]);

/** Who only waits for the others keeps its place in line: did it not count, all who wait would start at once. */
function wantsToStart({ metadata, spec, status }: VDISession): boolean {
  const isStalled = status?.conditions?.some(
    ({ type, status, reason }) => type === "Stalled" && status === "True" && !awaited.has(reason),
  );
  return metadata.deletionTimestamp === undefined && spec.desiredState === "Running" && !isStalled;
}
