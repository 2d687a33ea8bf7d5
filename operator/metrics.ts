import { ownValue } from "../kube/own-value.ts";
import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { VDIPool, VDISession, VDITemplate } from "./api/objects.ts";
import type { DoubtableClock } from "./lifetime/server-clock.ts";
import { readyReasons } from "./status/reasons.ts";
import type { ReasonKind } from "./status/reasons.ts";

/** What the figures are counted from when they are asked for. */
export interface Desktops {
  readonly sessions: Iterable<Pick<VDISession, "status">>;
  readonly pools: Iterable<Pick<VDIPool, "metadata" | "status">>;
  readonly templates: Iterable<Pick<VDITemplate, "metadata" | "status">>;
}

type Phase = NonNullable<NonNullable<VDISession["status"]>["phase"]>;
type Launch = NonNullable<NonNullable<VDISession["status"]>["launch"]>;

const launches: readonly Launch[] = ["Cold", "Warm"];
const phases: readonly Phase[] = ["Pending", "Creating", "Running", "Suspended", "Terminating", "Failed"];

// From a warm start to the longest progress deadline that is usual.
const startBuckets = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
// From a look to a day: 1, 5, 15, 30 min, 1, 2, 4, 8, 12, 24 h.
const durationBuckets = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

/** Figures about desktops. Gauges are counted from the caches at each scrape, so that a restart loses nothing. */
export class DesktopMetrics {
  readonly #starts;
  readonly #durations;
  readonly #refusals;
  readonly #orphans;
  readonly #doubleMounts;
  readonly #begun = new Set<string>();

  /**
   * @param read what is known now; undefined until all is known, and nothing is reported then rather than zeros. Every
   *   replica that keeps caches answers, so take the maximum over replicas
   */
  constructor(registry: Registry, read: () => Desktops | undefined) {
    const registers = [registry];
    this.#starts = new Histogram({
      name: "vdi_session_start_seconds",
      help: "Time from the wish for a desktop to its being reachable",
      labelNames: ["launch", "template"],
      buckets: startBuckets,
      registers,
      collect: () => {
        for (const { metadata } of read()?.templates ?? []) this.#begin(metadata.name);
      },
    });
    this.#durations = new Histogram({
      name: "vdi_session_duration_seconds",
      help: "Time from a session's creation to its end",
      labelNames: ["template"],
      buckets: durationBuckets,
      registers,
    });
    this.#refusals = new Counter({
      name: "vdi_write_refusals_total",
      help: "Writes that the API server refused, or that somebody else undoes each time, by kind and why",
      labelNames: ["kind", "why"],
      registers,
    });
    this.#orphans = new Counter({
      name: "vdi_orphans_removed_total",
      help: "Objects deleted since their session or pool was gone, and garbage collection left them",
      registers,
    });
    this.#doubleMounts = new Counter({
      name: "vdi_home_double_mounts_total",
      help: "Pods ended since another one had the same home volume",
      registers,
    });
    new Gauge({
      name: "vdi_sessions",
      help: "Sessions by phase",
      labelNames: ["phase"],
      registers,
      collect() {
        const known = read();
        if (!known) return;
        for (const [phase, count] of countPhases(known.sessions)) this.set({ phase }, count);
      },
    });
    new Gauge({
      name: "vdi_session_problems",
      help: "Sessions that something holds up, by the reason that its conditions give",
      labelNames: ["reason"],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of countProblems(read()?.sessions ?? [])) this.set({ reason }, count);
      },
    });
    new Gauge({
      name: "vdi_template_usable",
      help: "Whether sessions can be made from a template: 1 or 0",
      labelNames: ["template"],
      registers,
      collect() {
        this.reset();
        for (const { metadata, status } of read()?.templates ?? []) {
          const ready = status?.conditions?.find(({ type }) => type === "Ready");
          if (ready) this.set({ template: metadata.name }, ready.status === "True" ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "vdi_pool_desktops",
      help: "Desktops of a pool: wanted, ready to be taken, starting",
      labelNames: ["pool", "state"],
      registers,
      collect() {
        this.reset();
        for (const { metadata, status } of read()?.pools ?? []) {
          const { desiredReplicas = 0, replicas = 0, readyReplicas = 0 } = status ?? {};
          this.set({ pool: metadata.name, state: "desired" }, desiredReplicas);
          this.set({ pool: metadata.name, state: "ready" }, readyReplicas);
          this.set({ pool: metadata.name, state: "starting" }, Math.max(0, replicas - readyReplicas));
        }
      },
    });
  }

  /** A desktop became reachable. */
  started({ launch, template, seconds }: { launch: Launch; template: string; seconds: number }): void {
    this.#begin(template);
    this.#starts.observe({ launch, template }, seconds);
  }

  /** A write was refused, or is undone each time. */
  refused({ kind, why }: { kind: string; why: string }): void {
    this.#refusals.inc({ kind, why });
  }

  /** A session is over. */
  ended({ template, seconds }: { template: string; seconds: number }): void {
    this.#begin(template);
    this.#durations.observe({ template }, seconds);
  }

  /** So many objects of a session or pool that is gone were deleted. */
  orphansRemoved(count: number): void {
    this.#orphans.inc(count);
  }

  /** A pod was ended, since another one has its home. */
  doubleMount(): void {
    this.#doubleMounts.inc();
  }

  /** A series that is first seen at 1 hides that start from `rate` and `increase`: each begins at 0. */
  #begin(template: string): void {
    if (this.#begun.has(template)) return;
    this.#begun.add(template);
    for (const launch of launches) this.#starts.zero({ launch, template });
    this.#durations.zero({ template });
  }
}

/** Reports whether the clocks that sessions end by agree. */
export function watchTime(registry: Registry, clock: Pick<DoubtableClock, "doubt">): void {
  new Gauge({
    name: "vdi_time_in_doubt",
    help: "1 while no session is ended or suspended by time, since clocks do not agree",
    registers: [registry],
    collect() {
      this.set(clock.doubt === undefined ? 0 : 1);
    },
  });
}

/** All phases, also those that no session is in. A session without status waits to be looked at. */
export function countPhases(sessions: Desktops["sessions"]): Map<Phase, number> {
  const counts = new Map(phases.map((phase) => [phase, 0]));
  for (const { status } of sessions) {
    const phase = status?.phase ?? "Pending";
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return counts;
}

/** One reason per session that is held up, see {@link problemOf}. */
export function countProblems(sessions: Desktops["sessions"]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const session of sessions) {
    const reason = problemOf(session);
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

/**
 * Why a session does not get on: the reason of Ready when it is one that does not pass with a usual start, else that of
 * Stalled. These are few and stable words (status/reasons.ts), so that a label has few values.
 */
export function problemOf({ status }: Pick<VDISession, "status">): string | undefined {
  const condition = (type: string) => status?.conditions?.find((it) => it.type === type);
  const ready = condition("Ready");
  const stalled = condition("Stalled");
  if (ready && ready.status !== "True" && isHeldUp(ready.reason)) return ready.reason;
  return stalled?.status === "True" ? stalled.reason : undefined;
}

function isHeldUp(reason: string): boolean {
  const kind = ownValue<ReasonKind>(readyReasons, reason);
  return kind === "stuck" || kind === "slow";
}
