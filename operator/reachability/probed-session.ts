import type { Clock } from "../../kube/clock.ts";
import { shortestGapMs } from "../activity/reading.ts";
import type { ActivitySource } from "../activity/source.ts";
import type { Seen } from "./prober.ts";
import type { Check } from "../view/session-view.ts";
import type { Probed, Probes } from "./probes.ts";
import type { RouteTarget } from "./route.ts";
import type { Credentials, StreamTarget } from "./stream.ts";
import { checkVerdict, activityVerdict, recheckMs } from "./verdict.ts";
import type { ActivityState, CheckState } from "./verdict.ts";

/** What of a session is looked at. */
export interface ProbeTarget {
  /** Of the pod. */
  readonly uid: string;
  readonly stream: StreamTarget;
  /** Left out where Traefik is not asked. */
  readonly route?: RouteTarget;
  /**
   * Where the desktop tells who is connected, or the sentence that says why it does not. Left out for sessions without
   * idle time: nobody needs to know.
   */
  readonly activity?: ActivitySource | string;
  /** When the idle time has to be decided on a look, milliseconds since 1970. */
  readonly decideAtMs?: number;
  /** The status says that the stream answered before: after a restart such sessions wait for their turn. */
  readonly answeredBefore?: boolean;
}

interface Surroundings {
  readonly probes: Probes;
  readonly credentials: (key: string) => Promise<Credentials | undefined>;
}

const restMs = { stream: 60_000, route: 300_000, activity: 30_000 };
// Somebody looks at it: with three looks that have to fail it is told within 10 s.
const pictureRestMs = 6_000;
// KasmVNC locks out an address that comes with a wrong password five times.
const refusedMs = 10_000;
const keepCredentialsMs = 10 * 60_000;
// So that a look at its time is not made a moment before it by a clock that is corrected.
const decideMarginMs = 500;

/** One session's looks: which is due when, and what they come to. Times are of the monotonic clock. */
export class ProbedSession {
  readonly key: string;
  target: ProbeTarget;
  /** True while it is being looked at. */
  isBusy = false;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #dueMs: { stream: number; route: number; activity: number };
  #stream: CheckState = { failures: 0 };
  #route: CheckState = { failures: 0 };
  #activity: ActivityState = { failures: 0 };
  #credentials: { value: Credentials; readMs: number } | undefined;
  /** The last `decideAtMs` that somebody was told of. */
  #decidedMs: number | undefined;

  constructor(key: string, target: ProbeTarget, surroundings: Surroundings, clock: Clock, random: () => number) {
    this.key = key;
    this.target = target;
    this.#surroundings = surroundings;
    this.#clock = clock;
    this.#random = random;
    const firstMs = clock.now() + (target.answeredBefore ? random() * restMs.activity : 0);
    this.#dueMs = { stream: firstMs, route: firstMs, activity: firstMs };
  }

  get seen(): Seen {
    const { activity } = this.target;
    const silent = (message: string) => ({ atMs: this.#clock.date().getTime(), connected: undefined, message });
    return {
      stream: this.#stream.verdict,
      route: this.#route.verdict,
      activity: typeof activity === "string" ? silent(activity) : activity && this.#activity.verdict,
    };
  }

  /** Takes over what is wanted now of the same pod. */
  aim(target: ProbeTarget, nowMs: number): void {
    const isNew = (kind: "route" | "activity") => target[kind] !== undefined && this.target[kind] === undefined;
    if (isNew("route")) this.#dueMs.route = nowMs;
    if (isNew("activity")) this.#dueMs.activity = nowMs;
    this.target = target;
  }

  /** Urgent is what somebody waits for: a start, or a decision. */
  get next(): { dueMs: number; isUrgent: boolean } {
    const { stream, route } = this.#dueMs;
    const waits = (state: CheckState) => state.verdict?.ok !== true && !(this.target.answeredBefore && !state.verdict);
    const candidates = [{ dueMs: stream, isUrgent: waits(this.#stream) }];
    if (this.target.route) candidates.push({ dueMs: route, isUrgent: waits(this.#route) });
    if (this.#looksAtActivity)
      candidates.push({ dueMs: this.#dueMs.activity, isUrgent: false }, { dueMs: this.#decideDueMs, isUrgent: true });
    return candidates.reduce((first, it) => (it.dueMs < first.dueMs ? it : first));
  }

  /** Makes the looks that are due. True when somebody has to hear of what they came to. Never at the same time twice. */
  async probe(signal: AbortSignal): Promise<boolean> {
    this.isBusy = true;
    try {
      const credentials = await this.#readCredentials();
      const nowMs = this.#clock.now();
      let hasNews = false;
      if (this.#dueMs.stream <= nowMs) hasNews = await this.#lookAtStream(credentials, signal);
      if (this.target.route && this.#dueMs.route <= nowMs)
        hasNews = (await this.#lookAtRoute(this.target.route, credentials, signal)) || hasNews;
      // In the same go as the stream's first answer, so that one write of the status says both.
      if (this.#looksAtActivity && Math.min(this.#dueMs.activity, this.#decideDueMs) <= nowMs)
        hasNews = (await this.#lookAtActivity(credentials, signal)) || hasNews;
      return hasNews;
    } finally {
      this.isBusy = false;
    }
  }

  get #looksAtActivity(): boolean {
    return typeof this.target.activity === "object" && this.#stream.verdict?.ok === true;
  }

  /** Infinity when there is nothing to decide, or it was decided; what is due is past at any later moment, too. */
  get #decideDueMs(): number {
    const { decideAtMs } = this.target;
    if (decideAtMs === undefined || decideAtMs === this.#decidedMs) return Infinity;
    const dateMs = this.#clock.date().getTime();
    const sinceSampleMs = dateMs - (this.#activity.sample?.atMs ?? -Infinity);
    const waitMs = Math.max(decideAtMs - dateMs + decideMarginMs, shortestGapMs - sinceSampleMs);
    return waitMs > 0 ? this.#clock.now() + waitMs : -Infinity;
  }

  async #lookAtStream(credentials: Credentials | string, signal: AbortSignal): Promise<boolean> {
    const atRestMs = this.target.stream.picturePath === undefined ? restMs.stream : pictureRestMs;
    this.#dueMs.stream = this.#after(atRestMs);
    const probed: Probed<Check> =
      typeof credentials === "string"
        ? { ok: false, message: credentials }
        : await this.#surroundings.probes.stream(this.target.stream, credentials, signal);
    const refused = this.#dropRefused(probed);
    const { ok, message, isPictureLost } = probed;
    const check: Check = { ok, message, ...(isPictureLost && { isPictureLost }) };
    const { state, flipped } = checkVerdict(this.#stream, check, this.#clock.now());
    this.#stream = state;
    this.#dueMs.stream = this.#after(refused ? refusedMs : recheckMs(state, atRestMs));
    return flipped;
  }

  async #lookAtRoute(target: RouteTarget, credentials: Credentials | string, signal: AbortSignal): Promise<boolean> {
    this.#dueMs.route = this.#after(restMs.route);
    const check =
      typeof credentials === "string"
        ? { ok: false, message: credentials }
        : await this.#surroundings.probes.route(target, credentials, signal);
    const { state, flipped } = checkVerdict(this.#route, check, this.#clock.now());
    this.#route = state;
    this.#dueMs.route = this.#after(recheckMs(state, restMs.route));
    return flipped;
  }

  async #lookAtActivity(credentials: Credentials | string, signal: AbortSignal): Promise<boolean> {
    this.#dueMs.activity = this.#after(restMs.activity);
    const { stream, activity, decideAtMs } = this.target;
    if (typeof activity !== "object") return false;
    // Of the beginning: who comes while it is being looked may not be seen.
    const atMs = this.#clock.date().getTime();
    const reading =
      typeof credentials === "string"
        ? { connected: undefined, message: credentials }
        : await this.#surroundings.probes.activity(stream, activity, credentials, this.#activity.sample, signal);
    this.#dropRefused(reading);
    const { state, flipped } = activityVerdict(this.#activity, reading, atMs);
    this.#activity = state;
    if (reading.isFirst) this.#dueMs.activity = this.#after(restMs.activity / 2);
    // The stream itself may be away; in its turn it would be asked up to a minute later.
    else if (state.failures === 1) this.#dueMs.stream = this.#clock.now();
    const decides = decideAtMs !== undefined && decideAtMs !== this.#decidedMs && atMs >= decideAtMs;
    if (decides && !reading.isFirst) this.#decidedMs = decideAtMs;
    return flipped || (decides && reading.connected === false);
  }

  /** The Secret may hold another password by now. */
  #dropRefused(result: { readonly refused?: true }): boolean {
    if (result.refused) this.#credentials = undefined;
    return result.refused === true;
  }

  /** A sentence when they cannot be had. */
  async #readCredentials(): Promise<Credentials | string> {
    const kept = this.#credentials;
    if (kept && this.#clock.now() - kept.readMs < keepCredentialsMs) return kept.value;
    this.#credentials = undefined;
    try {
      const value = await this.#surroundings.credentials(this.key);
      if (!value)
        return "The Secret with the session's password is not there: delete the pod, so that both are made anew.";
      this.#credentials = { value, readMs: this.#clock.now() };
      return value;
    } catch (error) {
      return `The Secret with the session's password cannot be read: ${(error as Error).message}.`;
    }
  }

  /** Spread, so that sessions that were started together are not looked at together for ever. */
  #after(ms: number): number {
    return this.#clock.now() + ms * (0.9 + 0.2 * this.#random());
  }
}
