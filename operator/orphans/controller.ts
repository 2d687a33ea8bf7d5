import type { ClusterClient } from "../../kube/client.ts";
import { FreshRead } from "../../kube/fresh-read.ts";
import type { WorkResult } from "../../kube/worker-pool.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDIPool } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Logger } from "../log.ts";
import type { DesktopMetrics } from "../metrics.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { Settings } from "../settings.ts";
import type { DoubtableClock } from "../lifetime/server-clock.ts";
import { forcedRemovals, ownersOf, removals } from "./find.ts";
import type { Orphans } from "./find.ts";
import { graceMs, hasOwner } from "./triggers.ts";

export interface OrphanControllerOptions {
  client: Pick<ClusterClient, "delete" | "list">;
  caches: Caches;
  settings: Pick<Settings, "namespace">;
  live: Pick<LiveSessions, "read">;
  /** By the API server's time. */
  clock: DoubtableClock;
  log: Pick<Logger, "warn">;
  metrics: Pick<DesktopMetrics, "orphansRemoved">;
}

/**
 * Ends what outlives its session or pool: garbage collection leaves what `--cascade=orphan` took the owner from. Goes by
 * labels and what the caches have, so that it finds what was orphaned while no operator ran.
 */
export class OrphanController {
  readonly #options: OrphanControllerOptions;
  readonly #owners: FreshRead<ReadonlySet<string>>;

  constructor(options: OrphanControllerOptions) {
    const { client, live, settings } = options;
    this.#options = options;
    this.#owners = new FreshRead(async () => {
      const pools = await client.list(apiVersion, "VDIPool", { namespace: settings.namespace });
      return ownersOf(await live.read(), pools as unknown as VDIPool[]);
    });
  }

  /** @param owner as labels have it, see belongsTo */
  async reconcile(owner: string): Promise<WorkResult | undefined> {
    const { client, caches, clock, log, metrics } = this.#options;
    if (hasOwner(owner, caches)) return undefined;
    const orphans = this.#orphansOf(owner);
    if (Object.values(orphans).every(({ length }: Orphans["pods"]) => length === 0)) return undefined;
    // The cache may not know of the owner yet.
    if ((await this.#owners.get()).has(owner)) return { requeueAfterMs: graceMs };
    const due = removals(orphans);
    if (due.length > 0) {
      const names = due.map(({ key }) => `${key.kind} ${key.metadata.name}`);
      log.warn({ owner, objects: names }, "what is left of a session or pool that is gone is deleted");
      metrics.orphansRemoved(due.length);
    }
    const seen = { nodes: [...caches.nodes.store.values()], timeDoubt: clock.doubt };
    const forced = forcedRemovals(orphans, seen, clock.date());
    const results = await Promise.allSettled(
      [...due, ...forced].map(({ key, uid, graceSeconds }) =>
        client.delete(key, "Background", {
          ...(uid !== undefined && { uid }),
          ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
        }),
      ),
    );
    const failure = results.find((it) => it.status === "rejected");
    if (failure) throw failure.reason;
    return { requeueAfterMs: graceMs };
  }

  #orphansOf(owner: string): Orphans {
    const { pods, services, routes, networkPolicies } = this.#options.caches;
    return {
      pods: pods.store.by("whose", owner),
      services: services.store.by("whose", owner),
      routes: routes.store.by("whose", owner),
      networkPolicies: networkPolicies.store.by("whose", owner),
    };
  }
}
