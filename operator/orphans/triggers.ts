import type { KubeObject } from "../../kube/object.ts";
import type { WorkQueue } from "../../kube/work-queue.ts";
import type { Caches } from "../caches.ts";
import { belongsTo } from "../resources/labels.ts";
import { poolId, sessionId } from "../resources/names.ts";

// Garbage collection is usually done within a second of its owner's end.
export const graceMs = 15_000;

type Followed = Pick<Caches, "sessions" | "pools" | "pods" | "services" | "routes" | "networkPolicies">;

/** Adds the owner's id, as labels have it, of whatever may have lost its owner. Told of what is there at the start, too. */
export function watchForOrphans({ caches, queue }: { caches: Followed; queue: WorkQueue }): void {
  const { sessions, pools, pods, services, routes, networkPolicies } = caches;
  const add = (owner: string) => queue.addAfter(owner, graceMs);
  sessions.on({ delete: (session) => add(`session ${sessionId(session)}`) });
  pools.on({ delete: (pool) => add(`pool ${poolId(pool)}`) });
  const check = (child: KubeObject) => {
    const owner = belongsTo(child);
    if (owner !== undefined && !hasOwner(owner, caches)) add(owner);
  };
  for (const children of [pods, services, routes, networkPolicies]) children.on({ add: check, update: check });
}

/** Whether the caches know a session or pool by the id that labels have. */
export function hasOwner(owner: string, { sessions, pools }: Pick<Caches, "sessions" | "pools">): boolean {
  const [kind, id = ""] = owner.split(" ");
  return (kind === "session" ? sessions : pools).store.keysBy("id", id).size > 0;
}
