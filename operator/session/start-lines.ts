import { claimNames } from "../../analyzers/storage/volumes.ts";
import { keyOf } from "../../kube/store.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { controllerUid } from "../resources/keys.ts";
import { labels } from "../resources/labels.ts";
import { homeName, sessionId, userHash } from "../resources/names.ts";
import type { Ahead } from "../view/session-view.ts";
import { latestOf, podsOf, sessionOf } from "./pod-owner.ts";
import { StartLine } from "./start-line.ts";
import type { Place } from "./start-line.ts";

export interface StartLinesOptions {
  readonly caches: Pick<Caches, "sessions" | "pods">;
  /** The most desktops of one user at once; undefined: as many as they like. */
  readonly maxPerUser: number | undefined;
  /** A session, by its key, whose turn may have come, or that is told of another one than before. */
  readonly wake: (key: string) => void;
}

/** A session in one of its lines. */
interface Move {
  readonly line: StartLine;
  readonly before: Place;
  readonly place: Place;
}

/**
 * Who waits for whom: a home volume is for one session at a time, and a user has so many desktops. Follows the caches and
 * wakes who is next, so that those who wait cost nothing meanwhile. Who has what is told by pods: specs say what the next
 * ones are to have, and a session that is deleted goes before its pod.
 */
export class StartLines {
  readonly #options: StartLinesOptions;
  /** By the name of the claim. */
  readonly #homes = new Map<string, StartLine>();
  /** By the user's hash, which pods have. */
  readonly #users = new Map<string, StartLine>();
  /** Sessions whose pod is being made, as they were judged, by id: of sessions that are looked at together, not all may start. */
  readonly #starting = new Map<string, VDISession>();
  /** uids of sessions that a worker is at. */
  readonly #atWork = new Set<string>();

  constructor(options: StartLinesOptions) {
    this.#options = options;
    const { sessions, pods } = options.caches;
    const place = (session: VDISession) => this.#place(session);
    sessions.on({
      add: place,
      update: place,
      delete: (session) => {
        if (!this.#atWork.has(session.metadata.uid ?? "")) this.#starting.delete(sessionId(session));
        place(session);
      },
    });
    pods.on({
      add: (pod) => this.#placePod(pod),
      update: (pod, before) => {
        this.#placePod(pod);
        // A session took it from its pool, or somebody took its owner or labels away.
        if (whose(pod) !== whose(before)) this.#placePod(before);
      },
      delete: (pod) => {
        this.#placePod(pod);
        // Its session may have gone before it.
        for (const claim of claimNames(pod)) this.#wake(this.#homes.get(claim)?.startable);
      },
    });
  }

  /** The session that has the user's home, or gets it before this one, which has to wait. */
  homeHolder(session: VDISession): VDISession | undefined {
    if (!session.spec.persistence.enabled) return undefined;
    return this.#homes.get(homeName(session.spec.user))?.ahead(session)?.session;
  }

  /** The session, or its pod, beside or behind which this one would be one too many of its user. */
  oneTooMany(session: VDISession): Ahead | undefined {
    return this.#users.get(userHash(session.spec.user))?.ahead(session);
  }

  /**
   * Does the work on a session, which may make a pod for it. One that is being made then counts until the work is over, though
   * the session is deleted meanwhile: it may come all the same.
   */
  async during<T>(session: VDISession, work: () => Promise<T>): Promise<T> {
    const { uid = "" } = session.metadata;
    this.#atWork.add(uid);
    try {
      return await work();
    } finally {
      this.#atWork.delete(uid);
      if (!latestOf(session, this.#options.caches)) this.setStarting(session, false);
    }
  }

  /** From when a pod is about to be made, or taken from a pool, until it is known to be there, or not. */
  setStarting(session: VDISession, isStarting: boolean): void {
    const id = sessionId(session);
    if (!isStarting && !this.#starting.has(id)) return;
    if (isStarting) this.#starting.set(id, session);
    else this.#starting.delete(id);
    for (const { line, before, place } of this.#put(session)) {
      if (before !== "active" || place === "active") continue;
      const [oldest] = line.startable;
      // One that is older was told to wait meanwhile. The others would only meet what this one met.
      if (oldest?.metadata.uid !== session.metadata.uid) this.#wake([oldest]);
      // One that was not in line had the place of the last of these.
      if (place === "out") this.#wake([line.startable.at(-1)]);
    }
  }

  #place(session: VDISession): void {
    for (const { line, before, place } of this.#put(session)) {
      if (before === place) continue;
      if (before === "active" || place === "out") this.#wake(line.startable);
      // Who is behind one that has a pod by now waits for it as before.
      if (place !== "active") this.#wake([line.after(session)]);
    }
  }

  #placePod(pod: Pod): void {
    const session = sessionOf(pod, this.#options.caches);
    // One that waits in a pool is nobody's.
    const { [labels.session]: id, [labels.user]: user } = pod.metadata.labels ?? {};
    if (session) this.#place(session);
    else if (id !== undefined && user !== undefined) this.#placeLeft(id, user);
  }

  /** What is left of a session that is gone counts as one of its user's desktops: it has its node's memory and GPU yet. */
  #placeLeft(id: string, user: string): void {
    const { maxPerUser, caches } = this.#options;
    if (maxPerUser === undefined) return;
    const isGone = !this.#starting.has(id) && caches.sessions.store.keysBy("id", id).size === 0;
    const left = isGone ? caches.pods.store.by("whose", `session ${id}`) : [];
    const pod = left.find(({ metadata }) => metadata.labels?.[labels.user] === user);
    const line = this.#users.get(user) ?? new StartLine(maxPerUser);
    if (!line.leave(id, pod)) return;
    keep(this.#users, user, line);
    this.#wake([line.first, ...line.startable]);
  }

  /** Puts it, or what it has left, into the lines that it is in. */
  #put(session: VDISession): Move[] {
    const { maxPerUser } = this.#options;
    const [id, home, user] = [sessionId(session), homeName(session.spec.user), userHash(session.spec.user)];
    const places = this.#placesOf(session, id, home);
    const moves = [
      { lines: this.#homes, key: home, capacity: 1, place: places.home },
      ...(maxPerUser === undefined
        ? []
        : [{ lines: this.#users, key: user, capacity: maxPerUser, place: places.user }]),
    ].map(({ lines, key, capacity, place }) => {
      const line = lines.get(key) ?? new StartLine(capacity);
      const before = line.put(session, place);
      keep(lines, key, line);
      return { line, before, place };
    });
    this.#placeLeft(id, user);
    return moves;
  }

  #placesOf(session: VDISession, id: string, homeClaim: string): { home: Place; user: Place } {
    const { caches } = this.#options;
    const { persistence } = session.spec;
    const isThere = latestOf(session, caches) !== undefined;
    // Also those that somebody took the owner from.
    const pods = isThere ? [...podsOf(session, caches), ...caches.pods.store.by("whose", `session ${id}`)] : [];
    const starting = this.#starting.get(id);
    const isActive = pods.length > 0 || starting !== undefined;
    const otherwise = isThere && wantsToStart(session) ? "waiting" : "out";
    const hasHome = pods.some((pod) => claimNames(pod).includes(homeClaim));
    return {
      user: isActive ? "active" : otherwise,
      home:
        hasHome || starting?.spec.persistence.enabled === true
          ? "active"
          : isActive || !persistence.enabled
            ? "out"
            : otherwise,
    };
  }

  #wake(sessions: readonly (VDISession | undefined)[] = []): void {
    for (const session of sessions) if (session) this.#options.wake(keyOf(session));
  }
}

function whose(pod: Pod): string {
  const { [labels.session]: id = "", [labels.user]: user = "" } = pod.metadata.labels ?? {};
  return `${controllerUid(pod) ?? ""} ${id} ${user}`;
}

/** A line that nobody is in takes no memory. */
function keep(lines: Map<string, StartLine>, key: string, line: StartLine): void {
  if (line.isEmpty) lines.delete(key);
  else lines.set(key, line);
}

// Stalled or not: a wait can outlast the progress deadline.
const awaited = new Set(["HomeInUse", "TooManySessions", "Replacing", "TerminatingStuck"]);

/** Who only waits for the others keeps its place in line: did it not count, all who wait would start at once. */
function wantsToStart({ metadata, spec, status }: VDISession): boolean {
  const state = (wanted: string) => status?.conditions?.find(({ type }) => type === wanted);
  const isStalled = state("Stalled")?.status === "True";
  const isAwaiting = [state("Ready"), state("Stalled")].some((it) => awaited.has(it?.reason ?? ""));
  return metadata.deletionTimestamp === undefined && spec.desiredState === "Running" && (!isStalled || isAwaiting);
}
