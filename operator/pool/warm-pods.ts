import { classifyError } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { managerName } from "../resources/labels.ts";
import type { SessionView } from "../session/view.ts";
import type { Settings } from "../settings.ts";
import { adoption, isTakeable, warmWish } from "./adoption.ts";
import type { SecretLedger } from "./secret-ledger.ts";

export interface WarmPodsOptions {
  client: Pick<ClusterClient, "mergePatch">;
  caches: Caches;
  settings: Settings;
  secrets: SecretLedger;
}

/** Desktops that wait in pools, for sessions that can take them. */
export class WarmPods {
  readonly #options: WarmPodsOptions;
  /** Pods that a worker of this process is just trying to take: the others need not. */
  readonly #tried = new Set<Pod>();

  constructor(options: WarmPodsOptions) {
    this.#options = options;
  }

  /**
   * Gives a session without pod one of a pool, when it may have one and there is one.
   *
   * @returns whether it has one now; the caches know it
   * @throws when the API server does not answer: then the pod may be taken or not, which the watch tells
   */
  async takeFor(view: SessionView, now: Date): Promise<boolean> {
    const hash = warmWish(view, this.#options.settings, now);
    if (hash === undefined) return false;
    for (const refused = new Set<Pod>(); ;) {
      const pod = this.#candidate(view.session, hash, refused);
      if (!pod) return false;
      this.#tried.add(pod);
      try {
        if (await this.#take(view.session, pod)) return true;
        refused.add(pod);
      } finally {
        this.#tried.delete(pod);
      }
    }
  }

  #candidate(session: VDISession, hash: string, refused: ReadonlySet<Pod>): Pod | undefined {
    const { pools, pods } = this.#options.caches;
    for (const { metadata } of pools.store.by("template", session.spec.template)) {
      if (metadata.deletionTimestamp !== undefined) continue;
      for (const pod of pods.store.by("owner", metadata.uid ?? ""))
        if (!this.#tried.has(pod) && !refused.has(pod) && isTakeable(pod, session, hash)) return pod;
    }
    return undefined;
  }

  async #take(session: VDISession, pod: Pod): Promise<boolean> {
    const { client, caches, secrets } = this.#options;
    if (!(await secrets.has(pod))) return false;
    try {
      caches.observe(await client.mergePatch(adoption(session, pod), managerName));
      return true;
    } catch (error) {
      // Somebody was faster, it is gone, or a policy refuses: the next one, and else a cold start, which tells why.
      if (["conflict", "not-found", "denied", "invalid"].includes(classifyError(error))) return false;
      throw error;
    }
  }
}
