import type { VDIPool } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { templateFault } from "../resources/template-faults.ts";
import type { Settings } from "../settings.ts";
import { canBeWarm } from "./adoption.ts";
import type { PoolView } from "./view.ts";
import { poolPolicyName } from "./warm-pod.ts";

/** What is not in the caches. */
export type PoolSeen = Pick<PoolView, "withoutSecret" | "takenMs" | "refusals" | "holdsBack" | "isAdmitted">;

/** Puts together what the caches know about a pool. */
export function gatherPool(
  pool: VDIPool,
  pods: readonly Pod[],
  caches: Caches,
  settings: Settings,
  seen: PoolSeen,
): PoolView {
  const template = caches.templates.store.get(pool.spec.template);
  const sessions = pool.spec.demand && template ? caches.sessions.store.by("template", pool.spec.template) : [];
  return {
    ...seen,
    pool,
    template,
    templateFault: template && templateFault(template, settings),
    pods,
    networkPolicy: caches.networkPolicies.store.get(`${settings.namespace}/${poolPolicyName(pool)}`),
    recentStarts: sessions
      .filter((session) => template && canBeWarm(session, template))
      .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? "")),
  };
}
