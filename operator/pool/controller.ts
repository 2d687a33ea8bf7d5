import { backoffMs } from "../../kube/backoff.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import type { EventRecorder } from "../../kube/event-recorder.ts";
import type { AnyObject } from "../../kube/object.ts";
import { keyOf } from "../../kube/store.ts";
import type { WorkResult } from "../../kube/worker-pool.ts";
import { apiTime } from "../api/time.ts";
import type { VDIPool } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import type { Logger } from "../log.ts";
import type { DesktopMetrics } from "../metrics.ts";
import { newPassword } from "../resources/credentials.ts";
import { act } from "../session/act.ts";
import { Admitted } from "../session/admitted.ts";
import { controllerUid } from "../resources/keys.ts";
import type { Refusal } from "../view/session-view.ts";
import { WriteLimit } from "../session/write-limit.ts";
import { kindOf, nameOf } from "../session/write.ts";
import type { Batch } from "../session/write.ts";
import type { Settings } from "../settings.ts";
import { readTurnSecret } from "../turn/shared-secret.ts";
import { gatherPool } from "./gather.ts";
import { planPool } from "./plan.ts";
import type { SecretPresence } from "./secret-presence.ts";
import { takingsKept } from "./burst.ts";
import { PoolStatusWriter } from "./status-writer.ts";
import { poolEvents, poolStatus } from "./status.ts";
import type { PoolView } from "./view.ts";
import { newSuffix } from "./warm-pod.ts";

export interface PoolControllerOptions {
  client: ClusterClient;
  caches: Caches;
  settings: Settings;
  /** By the API server's time. */
  clock: Clock;
  recorder: Pick<EventRecorder, "record">;
  log: Pick<Logger, "info" | "debug">;
  metrics: Pick<DesktopMetrics, "refused">;
  secrets: SecretPresence;
}

// What was refused is tried again: quotas are raised, and no watch tells of it. Before, it would be refused again.
const holdBack = { firstMs: 5_000, mostMs: 2 * 60_000, jitter: 0 };
// Pods, then their Secrets; after some of both the other pools have their turn.
const rounds = 6;

/** Keeps as many desktops ready as a VDIPool asks for, and says in its status how many there are. */
export class PoolController {
  readonly #options: PoolControllerOptions;
  readonly #status: PoolStatusWriter;
  /** What was refused at the last try, and how often in a row, by uid of the pool. */
  readonly #refused = new Map<string, { atMs: number; times: number; refusals: readonly Refusal[] }>();
  /** When sessions took the last few, by uid of the pool. */
  readonly #taken = new Map<string, readonly number[]>();
  /** Versions of pods that were deleted, by uid, until the watch tells. */
  readonly #deleted = new Map<string, string>();

  readonly #limit: WriteLimit;
  readonly #admitted = new Admitted();

  constructor(options: PoolControllerOptions) {
    const { client, caches, clock } = options;
    this.#options = options;
    // Its bound is its size, and its hold back.
    this.#limit = new WriteLimit(clock, Infinity);
    this.#status = new PoolStatusWriter({ client, clock, observe: (object) => caches.observe(object) });
  }

  /** @param key of the pool, `namespace/name` */
  async reconcile(key: string): Promise<WorkResult | undefined> {
    const { caches, settings, clock, recorder, log } = this.#options;
    const pool = caches.pools.store.get(key);
    // Its end needs nothing of us: what it owns goes with it.
    if (!pool || pool.metadata.deletionTimestamp !== undefined) return undefined;
    const { againMs } = await this.#fill(pool);

    const latest = caches.pools.store.get(key);
    if (latest?.metadata.uid !== pool.metadata.uid) return undefined;
    const told = await this.#gather(latest ?? pool, false);
    const { status, recheckMs } = poolStatus(told, settings, clock.date());
    const before = told.pool.status;
    const write = await this.#status.write(told.pool, status);
    if (write.written)
      for (const event of poolEvents(before, status)) {
        recorder.record(told.pool, { action: "Reconcile", ...event });
        log.info({ pool: key, reason: event.reason }, event.note);
      }
    const requeueMs = soonest(againMs, recheckMs, write.againMs);
    return requeueMs === undefined ? undefined : { requeueAfterMs: Math.max(1, requeueMs) };
  }

  forgetPool({ metadata }: VDIPool): void {
    this.#refused.delete(metadata.uid ?? "");
    this.#limit.forget(metadata.uid ?? "");
    this.#taken.delete(metadata.uid ?? "");
    this.#status.forget(metadata.uid ?? "");
  }

  forgetPod(pod: Pod): void {
    this.#deleted.delete(pod.metadata.uid ?? "");
    this.#options.secrets.forget(pod);
  }

  /** A session took one of its desktops just now. */
  taken({ metadata: { uid = "" } }: VDIPool): void {
    const before = this.#taken.get(uid) ?? [];
    this.#taken.set(uid, [...before, this.#options.clock.now()].slice(-takingsKept));
  }

  /** Plans and acts until there is nothing left to do for now. */
  async #fill(pool: VDIPool): Promise<{ againMs: number | undefined }> {
    const { client, settings, clock, log, metrics } = this.#options;
    const uid = pool.metadata.uid ?? "";
    for (let round = 0; round < rounds; round++) {
      // Once for all that is decided with it: it may run out meanwhile.
      const heldBackMs = this.#heldBackMs(pool);
      const view = await this.#gather(pool, heldBackMs !== undefined);
      const turnSecret = await this.#turnSecret(view);
      const plan = planPool(view, { settings, now: clock.date(), newPassword, newSuffix, turnSecret });
      if (plan.batches.length === 0) {
        if (!view.holdsBack) this.#refused.delete(uid);
        return { againMs: soonest(plan.recheckMs, heldBackMs) };
      }
      const due = this.#limit.due(uid, plan.batches);
      log.debug({ pool: keyOf(pool), writes: due.batches.flat().map(nameOf) }, "planned");
      const refused = await act(due.batches, {
        client,
        observe: (object) => this.#observe(object),
        onTried: (write, outcome, answer) => {
          const isContested = this.#limit.note(uid, write, outcome);
          if (write.do !== "delete" && answer) this.#admitted.note(write.object, answer);
          if (isContested) metrics.refused({ kind: kindOf(write), why: "Contested" });
          if (typeof outcome === "object") metrics.refused(outcome);
        },
      });
      this.#noteDeleted(due.batches, view.pods);
      const limitMs = soonest(due.againMs, this.#limit.retryMs(uid, due.batches));
      if (refused.length > 0 || due.heldBack.length > 0) {
        const { times = 0, atMs = -Infinity } = this.#refused.get(uid) ?? {};
        const tried = refused.length > 0 ? { times: times + 1, atMs: clock.now() } : { times, atMs };
        this.#refused.set(uid, { ...tried, refusals: [...due.heldBack, ...refused] });
        return { againMs: soonest(plan.recheckMs, limitMs, this.#heldBackMs(pool) ?? heldBackMs) };
      }
      if (limitMs !== undefined) return { againMs: soonest(plan.recheckMs, limitMs, heldBackMs) };
      if (!view.holdsBack) this.#refused.delete(uid);
    }
    return { againMs: 1 };
  }

  async #gather(pool: VDIPool, holdsBack: boolean): Promise<PoolView> {
    const { caches, settings, secrets } = this.#options;
    const { uid = "" } = pool.metadata;
    const pods = caches.pods.store
      .by("owner", uid)
      .filter((pod) => controllerUid(pod) === uid)
      .map((pod) => this.#asDeleted(pod));
    const present = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const { refusals = [] } = this.#refused.get(uid) ?? {};
    return gatherPool(pool, pods, caches, settings, {
      withoutSecret: await secrets.missing(present),
      takenMs: this.#taken.get(uid) ?? [],
      refusals,
      holdsBack,
      isAdmitted: this.#admitted.isAdmitted,
    });
  }

  /** How long nothing is made, since it would be refused again; undefined: not at all. */
  #heldBackMs({ metadata: { uid = "" } }: VDIPool): number | undefined {
    const last = this.#refused.get(uid);
    if (!last || last.times === 0) return undefined;
    const restMs = last.atMs + backoffMs(holdBack, last.times, 0) - this.#options.clock.now();
    return restMs > 0 ? restMs : undefined;
  }

  #observe(object: AnyObject): void {
    this.#options.secrets.observe(object);
    this.#options.caches.observe(object);
  }

  #noteDeleted(batches: readonly Batch[], pods: readonly Pod[]): void {
    const names = new Set(batches.flat().flatMap((it) => (it.do === "delete" ? [it.key.metadata.name] : [])));
    for (const { metadata } of pods)
      if (names.has(metadata.name)) this.#deleted.set(metadata.uid ?? "", metadata.resourceVersion ?? "");
  }

  /** A pod as the watch is about to tell it. */
  #asDeleted(pod: Pod): Pod {
    const { metadata } = pod;
    if (this.#deleted.get(metadata.uid ?? "") !== metadata.resourceVersion) return pod;
    return { ...pod, metadata: { ...metadata, deletionTimestamp: apiTime(this.#options.clock.date()) } };
  }

  /** Read anew each time: the kubelet brings a rotated one into the file. */
  #turnSecret({ template }: PoolView): Promise<string> | undefined {
    const { turn } = this.#options.settings;
    return turn && template?.spec.stream === "WebRTC" ? readTurnSecret(turn.secretFile) : undefined;
  }
}

function soonest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((it) => it !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
