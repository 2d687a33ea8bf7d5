import { classifyError } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { managerName } from "../resources/labels.ts";
import type { SessionView } from "../view/session-view.ts";
import type { WarmDesktops } from "../session/controller.ts";
import type { Settings } from "../settings.ts";
import { adoption, isTakeable, warmWish } from "./adoption.ts";
import type { SecretPresence } from "./secret-presence.ts";

export interface WarmPodsOptions {
  client: Pick<ClusterClient, "mergePatch">;
  caches: Caches;
  settings: Settings;
  secrets: SecretPresence;
}

/** Desktops that wait in pools, for sessions that can take them. */
export class WarmPods implements WarmDesktops {
  readonly #options: WarmPodsOptions;
  /** Pods that a worker of this process is just trying to take: the others need not. */
  readonly #tried = new Set<Pod>();

  constructor(options: WarmPodsOptions) {
    this.#options = options;
  }

  /**
   * Gives a session without pod one of a pool, when it may have one and there is one.
   *
   * @param reserve called before the first try, in the same moment in which the view is judged
   * @returns `taken`: it has one now, the caches know it. `refused`: the API server does not let it have one
   * @throws when the API server does not answer: then the pod may be taken or not, which the watch tells
   */
  async takeFor(view: SessionView, now: Date, reserve: () => void): Promise<"taken" | "refused" | "none"> {
    const hash = warmWish(view, this.#options.settings, now);
    if (hash === undefined) return "none";
    for (const lost = new Set<Pod>(); ;) {
      const pod = this.#candidate(view.session, hash, lost);
      if (!pod) return "none";
      reserve();
      this.#tried.add(pod);
      try {
        const outcome = await this.#take(view.session, pod);
        if (outcome !== "lost") return outcome;
        lost.add(pod);
      } finally {
        this.#tried.delete(pod);
      }
    }
  }

  #candidate(session: VDISession, hash: string, lost: ReadonlySet<Pod>): Pod | undefined {
    const { pools, pods } = this.#options.caches;
    for (const { metadata } of pools.store.by("template", session.spec.template)) {
      if (metadata.deletionTimestamp !== undefined) continue;
      for (const pod of pods.store.by("owner", metadata.uid ?? ""))
        if (!this.#tried.has(pod) && !lost.has(pod) && isTakeable(pod, session, hash)) return pod;
    }
    return undefined;
  }

  async #take(session: VDISession, pod: Pod): Promise<"taken" | "lost" | "refused"> {
    const { client, caches, secrets } = this.#options;
    if (!(await secrets.has(pod))) return "lost";
    try {
      caches.observe(await client.mergePatch(adoption(session, pod), managerName));
      return "taken";
    } catch (error) {
      const why = classifyError(error);
      // Somebody was faster, or it is gone.
      if (why === "conflict" || why === "not-found") return "lost";
      // What keeps this one keeps all: a cold start tells why, should it meet the same.
      if (why === "denied" || why === "invalid") return "refused";
      throw error;
    }
  }
}
