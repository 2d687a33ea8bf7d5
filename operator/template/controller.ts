import { isDeepStrictEqual } from "node:util";
import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { WorkResult } from "../../kube/worker-pool.ts";
import { apiVersion } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Settings } from "../settings.ts";
import { applyStatus } from "../status/apply-status.ts";
import { done, restMs } from "../status/pace.ts";
import type { Load, Pace } from "../status/pace.ts";
import { templateStatus } from "./status.ts";

export interface TemplateControllerOptions {
  client: Pick<ClusterClient, "applyStatus">;
  caches: Caches;
  settings: Settings;
  /** By the API server's time. */
  clock: Clock;
}

// The number of sessions changes with each of them: a busy morning must not become a write per session.
const countMs = 10_000;
// Who undoes each write must not be answered without end. The count alone takes six in a minute.
const pace: Pace = { atOnce: 10, restMs: 5_000 };

/** Says on each VDITemplate whether it can be used, and how much it is. */
export class TemplateController {
  readonly #options: TemplateControllerOptions;
  readonly #writtenMs = new Map<string, number>();
  /** Of writes, by name. */
  readonly #loads = new Map<string, Load>();

  constructor(options: TemplateControllerOptions) {
    this.#options = options;
  }

  /** @param key name of the template */
  async reconcile(key: string): Promise<WorkResult | undefined> {
    const { client, caches, settings, clock } = this.#options;
    const template = caches.templates.store.get(key);
    if (!template) {
      this.#writtenMs.delete(key);
      this.#loads.delete(key);
      return undefined;
    }
    const sessions = caches.sessions.store.keysBy("template", key).size;
    const status = templateStatus(template, sessions, settings, clock.date());
    if (isDeepStrictEqual(status, template.status)) return undefined;
    const countRestMs = (this.#writtenMs.get(key) ?? -Infinity) + countMs - clock.now();
    const isCountOnly = isDeepStrictEqual({ ...status, sessions: 0 }, { ...template.status, sessions: 0 });
    if (isCountOnly && countRestMs > 0) return { requeueAfterMs: countRestMs };
    const restedMs = restMs(pace, this.#loads.get(key), clock.now());
    if (restedMs > 0) return { requeueAfterMs: restedMs };
    this.#loads.set(key, done(pace, this.#loads.get(key), clock.now()));
    const { name, uid } = template.metadata;
    const target = { client, observe: (object: AnyObject) => caches.observe(object) };
    await applyStatus(target, { apiVersion, kind: "VDITemplate", metadata: { name } }, uid, status);
    this.#writtenMs.set(key, clock.now());
    return undefined;
  }
}
