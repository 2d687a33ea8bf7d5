import { apiMessage, classifyError } from "./api-error.ts";
import type { ClusterClient } from "./client.ts";
import { pause, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { heldSpec, mayLead, observeLease, releasedSpec } from "./lease.ts";
import type { Lease, ObservedLease } from "./lease.ts";
import type { AnyObject } from "./object.ts";

export interface LeaderElectionOptions {
  /**
   * One of its own with a `requestTimeoutMs` of about 3 s, on connections of its own: then a dead one is found and left
   * before the Lease is lost, and a renewal that is only slow breaks nobody's watches.
   */
  client: Pick<ClusterClient, "get" | "create" | "mergePatch">;
  namespace: string;
  name: string;
  /** Unique to this process: of two with one identity both would lead. */
  identity: string;
  /** Others wait as long after the last renewal that they saw. Default 15 s, as client-go. */
  leaseMs?: number;
  /** Who could not renew for as long stops to lead; less than `leaseMs`. Default 10 s. */
  renewDeadlineMs?: number;
  /** Between attempts. Default 2 s. */
  retryMs?: number;
  log?: (message: string) => void;
  clock?: Clock;
}

/** Proof of leading that whoever acts can ask for. */
export interface Leadership {
  /** Aborts when the Lease is lost, or when the candidate is told to stop. */
  readonly signal: AbortSignal;
  /** False as soon as others might lead, also when this process was frozen and no timer could fire. */
  isHeld(): boolean;
}

/**
 * Waits until it leads, runs `lead`, and keeps the Lease meanwhile. Gives it back when `lead` has ended: whoever waits takes
 * it at once. Must see its own writes only; clocks of the machines need not agree.
 *
 * @param lead has to end soon after `leadership.signal` aborts
 * @returns "lost" when the Lease could not be renewed in time: what ran should start anew. "ended" otherwise.
 * @throws what `lead` throws
 */
export async function runAsLeader(
  options: LeaderElectionOptions,
  lead: (leadership: Leadership) => Promise<void>,
  signal: AbortSignal,
): Promise<"ended" | "lost"> {
  const candidate = new Candidate(options);
  if (!(await candidate.acquire(signal))) return "ended";
  const [lost, over] = [new AbortController(), new AbortController()];
  // Also while it ends, which may take its time.
  const renewal = candidate.renew(lost, over.signal);
  try {
    await lead({ signal: AbortSignal.any([signal, lost.signal]), isHeld: () => candidate.isHeld() });
  } finally {
    over.abort();
    await renewal;
    if (!lost.signal.aborted) await candidate.release();
  }
  return lost.signal.aborted ? "lost" : "ended";
}

class Candidate {
  readonly #options: Required<LeaderElectionOptions>;
  #observed: ObservedLease | undefined;
  /** When the last successful renewal was sent, not when it was answered: the others count from in between. */
  #renewedMs = -Infinity;
  #pending: Promise<unknown> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    const defaults = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000, clock: systemClock };
    this.#options = { ...defaults, log: () => undefined, ...options };
    const { leaseMs, renewDeadlineMs, retryMs } = this.#options;
    if (!(retryMs < renewDeadlineMs && renewDeadlineMs < leaseMs))
      throw new Error(`leader election needs retryMs < renewDeadlineMs < leaseMs`);
  }

  isHeld(): boolean {
    return this.#options.clock.now() - this.#renewedMs < this.#options.renewDeadlineMs;
  }

  /** True once it holds the Lease, false when `signal` aborted before. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, retryMs, log, name } = this.#options;
    log(`waiting for the lease ${name}`);
    while (!signal.aborted) {
      if ((await this.#attempt(["take", "renew"])) === "done") {
        log(`took the lease ${name}`);
        return true;
      }
      await pause(clock, retryMs * (1 + Math.random() / 5), signal);
    }
    return false;
  }

  /** Renews until `over` aborts, or the Lease is lost: then it aborts `lost`. */
  async renew(lost: AbortController, over: AbortSignal): Promise<void> {
    const { clock, retryMs, renewDeadlineMs, log, name } = this.#options;
    const until = AbortSignal.any([over, lost.signal]);
    const lose = (why: string) => {
      log(`lost the lease ${name}: ${why}`);
      lost.abort(new Error(`the lease ${name} is lost: ${why}`));
    };
    // A timer of its own: an attempt that hangs must not keep a leader in office.
    let cancel = clock.after(renewDeadlineMs, checkDeadline.bind(this));
    const isOver = () => until.aborted;
    while (!isOver()) {
      await pause(clock, retryMs, until);
      // Whoever was frozen for so long has lost it, even if it is free again.
      if (isOver() || !this.isHeld()) break;
      const outcome = await Promise.race([this.#attempt(["renew"]), pause(clock, renewDeadlineMs, until)]);
      if (outcome === "not-ours") lose(`it says "${this.#observed?.lease?.spec?.holderIdentity ?? ""}"`);
    }
    cancel();
    if (!lost.signal.aborted && !this.isHeld()) lose(`not renewed for ${renewDeadlineMs / 1000} s`);

    function checkDeadline(this: Candidate): void {
      const leftMs = this.#renewedMs + renewDeadlineMs - clock.now();
      if (leftMs <= 0) lose(`not renewed for ${renewDeadlineMs / 1000} s`);
      else cancel = clock.after(leftMs, checkDeadline.bind(this));
    }
  }

  async release(): Promise<void> {
    const { clock, log, client, name, retryMs } = this.#options;
    // A renewal that is under way would make the version out of date.
    await Promise.race([this.#pending, pause(clock, retryMs)]);
    this.#renewedMs = -Infinity;
    const resourceVersion = this.#observed?.lease?.metadata?.resourceVersion;
    const spec = releasedSpec(clock.date());
    await client.mergePatch(this.#object(spec, resourceVersion)).then(
      () => log(`released the lease ${name}`),
      (error: unknown) => log(`could not release the lease ${name}: ${apiMessage(error)}`),
    );
  }

  /** One look at the Lease and, where it allows one of these, one write. */
  #attempt(allowed: readonly ("take" | "renew")[]): Promise<"done" | "not-ours" | "failed"> {
    const attempt = this.#tryOnce(allowed);
    this.#pending = attempt;
    return attempt;
  }

  async #tryOnce(allowed: readonly ("take" | "renew")[]): Promise<"done" | "not-ours" | "failed"> {
    const { client, clock, identity, leaseMs, log, name } = this.#options;
    const begun = clock.now();
    try {
      const found = (await client.get(this.#object())) as Lease | undefined;
      this.#observed = observeLease(this.#observed, found, clock.now());
      const may = mayLead(this.#observed, identity, clock.now());
      if (may === "wait" || !allowed.includes(may)) return "not-ours";
      const spec = heldSpec(found, identity, leaseMs, clock.date());
      // The version makes it fail when anybody wrote since.
      const object = this.#object(spec, found?.metadata?.resourceVersion);
      const written = (await (found ? client.mergePatch(object) : client.create(object))) as Lease;
      this.#observed = observeLease(this.#observed, written, clock.now());
      this.#renewedMs = begun;
      return "done";
    } catch (error) {
      // Somebody else was faster: the next look shows who.
      if (!["conflict", "exists"].includes(classifyError(error))) log(`the lease ${name}: ${apiMessage(error)}`);
      return "failed";
    }
  }

  #object(
    spec?: Lease["spec"],
    resourceVersion?: string,
  ): AnyObject & { apiVersion: string; kind: string } & {
    metadata: { name: string; namespace: string };
  } {
    const { namespace, name } = this.#options;
    const metadata = { name, namespace, ...(resourceVersion && { resourceVersion }) };
    return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, ...(spec && { spec }) };
  }
}
