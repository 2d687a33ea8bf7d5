import type { KubeObject } from "../../kube/object.ts";
import { keyOf } from "../../kube/store.ts";
import type { WorkQueue } from "../../kube/work-queue.ts";
import type { VDIPool, VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";

export interface PoolTriggerOptions {
  caches: Caches;
  queue: WorkQueue;
  forgetPool: (pool: VDIPool) => void;
  forgetPod: (pod: Pod) => void;
  /** A session took one of the pool's desktops. */
  taken: (pool: VDIPool) => void;
}

// Pods that start change several times in a moment, and a burst of them dozens of times: one look is enough for all.
const gatherMs = 50;

/** Which changes make which pools be looked at again. */
export function watchForPools({ caches, queue, forgetPool, forgetPod, taken }: PoolTriggerOptions): void {
  const { pools, templates, pods, networkPolicies, sessions } = caches;
  const add = (pool: VDIPool) => queue.add(keyOf(pool));
  pools.on({
    add,
    update: add,
    delete: (pool) => {
      queue.forget(keyOf(pool));
      forgetPool(pool);
    },
  });

  const addOwner = (object: KubeObject) => {
    const key = poolKeyOf(object);
    if (key !== undefined) queue.addAfter(key, gatherMs);
  };
  networkPolicies.on({ add: addOwner, update: addOwner, delete: addOwner });
  pods.on({
    add: addOwner,
    update: (pod, before) => {
      addOwner(pod);
      const pool = pools.store.get(poolKeyOf(before) ?? "");
      if (!pool || poolKeyOf(pod) !== undefined) return;
      taken(pool);
      addOwner(before);
    },
    delete: (pod) => {
      addOwner(pod);
      forgetPod(pod);
    },
  });

  const addOfTemplate = (template: string) => {
    for (const key of pools.store.keysBy("template", template)) queue.add(key);
  };
  const addTemplate = ({ metadata }: KubeObject) => addOfTemplate(metadata?.name ?? "");
  templates.on({
    add: addTemplate,
    update: (template, before) => {
      if (template.metadata.generation !== before.metadata.generation) addTemplate(template);
    },
    delete: addTemplate,
  });
  const addDemand = ({ spec }: VDISession) => {
    for (const pool of pools.store.by("template", spec.template)) if (pool.spec.demand) add(pool);
  };
  sessions.on({ add: addDemand, delete: addDemand });
}

/** Key of the pool that controls it. */
function poolKeyOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata?.ownerReferences?.find(({ controller, kind }) => controller && kind === "VDIPool");
  return owner && `${metadata?.namespace ?? ""}/${owner.name}`;
}
