import { classifyError } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { EventRecorder } from "../../kube/event-recorder.ts";
import { keyOf } from "../../kube/store.ts";
import type { WorkResult } from "../../kube/worker-pool.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { DoubtableClock } from "../lifetime/server-clock.ts";
import type { Logger } from "../log.ts";
import type { DesktopMetrics } from "../metrics.ts";
import type { SessionProbes } from "../reachability/session-probes.ts";
import { newPassword } from "../resources/credentials.ts";
import type { Settings } from "../settings.ts";
import { transitionEvents } from "../status/events.ts";
import { sessionStatus, statusRecheckMs } from "../status/session-status.ts";
import { TurnSecretError, readTurnSecret } from "../turn/shared-secret.ts";
import { act } from "./act.ts";
import { Admitted } from "./admitted.ts";
import { gather, removeExtraPods } from "./gather.ts";
import type { Seen } from "./gather.ts";
import { readHomeAtEnd } from "./home-end.ts";

import type { LiveSessions } from "./live-sessions.ts";
import { planSession } from "./plan.ts";
import type { SessionPlan } from "./plan.ts";
import { decidesHome, isLate } from "./plan-end.ts";
import { latestOf } from "./pod-owner.ts";
import { StartClock } from "./start-clock.ts";
import { StartEvents } from "./start-events.ts";
import type { StartLines } from "./start-lines.ts";
import { StatusWriter } from "./status-writer.ts";
import type { StatusTrouble } from "./status-writer.ts";
import type { HomeAtEnd, Refusal, SessionView } from "../view/session-view.ts";
import { WriteLimit } from "./write-limit.ts";
import { kindOf, nameOf } from "./write.ts";
import type { Batch, Write } from "./write.ts";

/** Desktops that wait in pools. */
export interface WarmDesktops {
  /**
   * Gives a session one when it may have one and there is one.
   *
   * @param reserve called before the first try, in the same moment in which the view is judged: the others must not be judged
   *   as if this session had none
   * @returns `taken`: it has one now, the caches know it. `refused`: the API server does not let it have one
   */
  takeFor(view: SessionView, now: Date, reserve: () => void): Promise<"taken" | "refused" | "none">;
}

export interface SessionControllerOptions {
  client: ClusterClient;
  caches: Caches;
  settings: Settings;
  /** By the API server's time. */
  clock: DoubtableClock;
  recorder: Pick<EventRecorder, "record">;
  log: Pick<Logger, "info" | "debug" | "warn">;
  metrics: DesktopMetrics;
  warm: WarmDesktops;
  /** What the API server has, where caches must not decide. */
  live: Pick<LiveSessions, "read">;
  /** Who of a user's sessions waits for whom. */
  lines: StartLines;
  /** What was seen of desktops by asking them. */
  probes: Pick<SessionProbes, "of" | "aim" | "forget">;
}

// The kubelet brings the secret of TURN into its file, and no watch tells of it.
const turnMs = 30_000;

// An API server that is restarted, or has much to do, fails for a moment, which nobody needs to hear of.
const failingMs = 10_000;

/** Makes of a VDISession what it asks for, and says in its status how far that is. */
export class SessionController {
  readonly #options: SessionControllerOptions;
  readonly #events: StartEvents;
  readonly #status: StatusWriter;
  readonly #starts: StartClock;
  readonly #limit: WriteLimit;
  readonly #admitted = new Admitted();
  /** Since when each try to write something for a session has failed, by uid. */
  readonly #failingSinceMs = new Map<string, number>();

  constructor(options: SessionControllerOptions) {
    const { client, caches, settings, clock } = options;
    this.#options = options;
    this.#events = new StartEvents({ client, clock, namespace: settings.namespace });
    this.#status = new StatusWriter({ client, clock, observe: (object) => caches.observe(object) });
    this.#starts = new StartClock(clock);
    this.#limit = new WriteLimit(clock);
  }

  /** @param key of the session, `namespace/name` */
  async reconcile(key: string): Promise<WorkResult | undefined> {
    const { caches, lines } = this.#options;
    const session = caches.sessions.store.get(key);
    return session && lines.during(session, () => this.#reconcile(key, session));
  }

  async #reconcile(key: string, session: VDISession): Promise<WorkResult | undefined> {
    const { caches, settings, clock, recorder, probes, lines, log } = this.#options;
    const now = clock.date();
    const { uid = "" } = session.metadata;
    const unseen = {
      ...{ events: [], refusals: [], stream: undefined, routeAnswer: undefined, activity: undefined },
      isAdmitted: this.#admitted.isAdmitted,
      timeDoubt: clock.doubt,
    };
    const unread: Seen = { ...unseen, lines, homeAtEnd: undefined };
    const found = gather(session, caches, settings, unread);
    this.#starts.observe(found);
    await this.#takeWarm(found, now);
    const turn = await this.#turn(found);
    const known: Seen = { ...unread, homeAtEnd: await this.#homeAtEnd(found, now) };
    if (!latestOf(session, caches)) return undefined;
    // From here until the others can see what is decided, nothing else runs.
    const view = gather(session, caches, settings, known);
    const seen = probes.of(view);
    const plan = planSession(
      { ...view, ...seen, ...turn.problem },
      { settings, now, newPassword, turnSecret: turn.secret },
    );
    lines.setStarting(session, startsPod(plan));
    const batches = [...removeExtraPods(session, caches), ...plan.batches];
    const due = this.#limit.due(uid, batches);
    if (plan.batches.length > 0) log.debug({ session: key, writes: due.batches.flat().map(nameOf) }, "planned");
    if (view.homeRival && deletesPod(due.batches)) {
      const pods = { pod: view.pod?.metadata.name, other: view.homeRival.metadata.name };
      log.warn({ session: key, ...pods }, "two pods have one home volume: the one of this session is ended");
      this.#options.metrics.doubleMount();
    }
    // Whoever got no answer may have a pod: its start counts until it is tried again.
    const refusals = [...due.heldBack, ...(await this.#act(session, due.batches))];
    const retryMs = this.#limit.retryMs(uid, due.batches);
    lines.setStarting(session, false);
    if (plan.warning) recorder.record(session, { type: "Warning", action: "Warn", ...plan.warning });

    // What was written is in the caches by now.
    const latest = latestOf(session, caches);
    if (!latest) return undefined;
    const after = gather(latest, caches, settings, { ...known, ...seen, refusals });
    const start = await this.#events.read(after, now);
    // A session that is gone by now would be looked at for ever.
    if (!latestOf(session, caches)) return undefined;
    const told = { ...after, ...turn.problem, events: start.events };
    probes.aim(told, plan.decideAtMs);
    const status = { ...sessionStatus(told, settings, now), restarts: plan.restarts };
    const before = told.session.status;
    const { written, againMs, trouble } = await this.#status.write(told.session, status);
    if (trouble) this.#tellTrouble(session, trouble);
    if (written) {
      for (const event of transitionEvents(before, status)) {
        recorder.record(session, { action: "Reconcile", ...event });
        log.info({ session: key, reason: event.reason }, event.note);
      }
      this.#starts.report(told, status, this.#options.metrics);
    }
    return soonest(
      ...[plan.recheckMs, statusRecheckMs(told, now), start.againMs, againMs],
      ...[due.againMs, retryMs, turn.problem ? turnMs : undefined],
    );
  }

  /** The session is gone. */
  forget(session: VDISession): void {
    const { clock, metrics, log } = this.#options;
    this.#status.forget(session);
    this.#events.forget(session);
    this.#starts.forget(session);
    this.#failingSinceMs.delete(session.metadata.uid ?? "");
    this.#limit.forget(session.metadata.uid ?? "");
    this.#options.probes.forget(keyOf(session));
    log.info({ session: keyOf(session), user: session.spec.user }, "the session is gone");
    const seconds = (clock.date().getTime() - Date.parse(session.metadata.creationTimestamp ?? "")) / 1000;
    metrics.ended({ template: session.spec.template, seconds: Math.max(0, seconds) });
  }

  async #act({ metadata: { uid = "" } }: VDISession, batches: readonly Batch[]): Promise<Refusal[]> {
    const { client, caches, clock, metrics } = this.#options;
    // What is only held back tells nothing new of the API server.
    if (batches.length === 0) return [];
    const sinceMs = this.#failingSinceMs.get(uid) ?? clock.now();
    const tellsFailures = clock.now() - sinceMs >= failingMs;
    this.#failingSinceMs.set(uid, sinceMs);
    const refusals = await act(batches, {
      client,
      observe: (object) => caches.observe(object),
      onTried: (write, outcome, answer) => {
        const isContested = this.#limit.note(uid, write, outcome);
        if (write.do !== "delete" && answer) this.#admitted.note(write.object, answer);
        if (isContested) metrics.refused({ kind: kindOf(write), why: "Contested" });
        if (typeof outcome === "object") metrics.refused(outcome);
      },
      tellsFailures,
    });
    if (!refusals.some(({ why }) => why === "Failing")) this.#failingSinceMs.delete(uid);
    return refusals;
  }

  /** A pool's desktop that the session was refused lately is not asked for at each occasion. */
  async #takeWarm(view: SessionView, now: Date): Promise<void> {
    const { uid = "" } = view.session.metadata;
    if (this.#limit.due(uid, [[taking]]).batches.length === 0) return;
    const { warm, lines } = this.#options;
    const outcome = await warm.takeFor(view, now, () => lines.setStarting(view.session, true));
    if (outcome === "none") return;
    const refusal: Refusal = { kind: "Pod", why: "Forbidden", message: "the desktop of a pool may not be taken" };
    this.#limit.note(uid, taking, outcome === "refused" ? refusal : "done");
  }

  /** A status that others do not let be told: what nobody can read there. */
  #tellTrouble(session: VDISession, { reason, message }: StatusTrouble): void {
    const { recorder, log, metrics } = this.#options;
    recorder.record(session, { type: "Warning", action: "Reconcile", reason, note: message });
    log.info({ session: keyOf(session), reason }, message);
    metrics.refused({ kind: "VDISession", why: reason });
  }

  async #homeAtEnd(view: SessionView, now: Date): Promise<HomeAtEnd | undefined> {
    if (!decidesHome(view)) return undefined;
    const { client, live } = this.#options;
    return readHomeAtEnd(view.session, client, live).catch((error: unknown) => {
      if (isLate(view, now)) return undefined;
      // Whose namespace is deleted loses its rights there: the home goes with it, or stays with who took them away.
      if (classifyError(error) === "denied") return { claim: undefined, isShared: false };
      throw error;
    });
  }

  /** What TURN credentials are made from, read anew each time: the kubelet brings a rotated secret into the file. */
  async #turn({ template }: SessionView): Promise<Turn> {
    const { turn } = this.#options.settings;
    if (!turn || template?.spec.stream !== "WebRTC") return { secret: undefined };
    try {
      return { secret: await readTurnSecret(turn.secretFile) };
    } catch (error) {
      if (!(error instanceof TurnSecretError)) throw error;
      const templateProblem = { reason: "TurnUnavailable" as const, message: error.message };
      return { secret: undefined, problem: { templateProblem } };
    }
  }
}

/** Of whichever pod: it names what is tried for the limit alone. */
const taking: Write = { do: "merge", object: { apiVersion: "v1", kind: "Pod", metadata: { name: "of a pool" } } };

function startsPod({ batches }: SessionPlan): boolean {
  return batches.flat().some((write) => write.do === "create" && write.object.kind === "Pod");
}

function deletesPod(batches: readonly Batch[]): boolean {
  return batches.flat().some((write) => write.do === "delete" && write.key.kind === "Pod");
}

/** `problem` is part of the view: no desktop can be started without the secret. */
interface Turn {
  readonly secret: string | undefined;
  readonly problem?: Pick<SessionView, "templateProblem">;
}

function soonest(...times: (number | undefined)[]): WorkResult | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : { requeueAfterMs: Math.max(1, Math.min(...known)) };
}
