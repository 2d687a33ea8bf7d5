import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { keyOf } from "../../kube/store.ts";
import { secretCredentials } from "../credentials/stream-credentials.ts";
import type { Caches } from "../caches.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Settings } from "../settings.ts";
import { probeTarget } from "./probe-target.ts";
import { Prober } from "./prober.ts";
import { networkProbes } from "./probes.ts";

export interface SessionProbesOptions {
  client: Pick<ClusterClient, "get">;
  caches: Pick<Caches, "sessions">;
  settings: Settings;
  /** By the API server's time. */
  clock: Clock;
  /** What is known of a session is another thing now. */
  onChange: (key: string) => void;
  log: (message: string, key: string) => void;
}

/** What has been seen of desktops by asking them. Without a way to pods (`streamCheck: kubelet`) nothing ever is. */
export class SessionProbes {
  readonly #settings: Settings;
  readonly #probes;
  readonly #prober: Prober | undefined;

  constructor({ client, caches, settings, clock, onChange, log }: SessionProbesOptions) {
    this.#settings = settings;
    this.#probes = networkProbes({ date: () => clock.date() });
    if (settings.streamCheck === "kubelet") return;
    const read = secretCredentials(client, settings.namespace);
    this.#prober = new Prober({
      probes: this.#probes,
      clock,
      onChange,
      log,
      credentials: async (key) => {
        const name = caches.sessions.store.get(key)?.status?.credentialsSecretName;
        return name === undefined ? undefined : read(name);
      },
    });
  }

  /** Of the session's present pod. */
  of({ session, pod }: Pick<SessionView, "session" | "pod">): Pick<SessionView, "stream" | "routeAnswer" | "activity"> {
    const seen = this.#prober?.seen(keyOf(session), pod?.metadata.uid);
    return { stream: seen?.stream, routeAnswer: seen?.route, activity: seen?.activity };
  }

  /** Looks from now on at what there is to be seen of a session. */
  aim(view: SessionView, decideAtMs: number | undefined): void {
    const target = this.#prober && probeTarget(view, this.#settings, decideAtMs);
    if (target) this.#prober.set(keyOf(view.session), target);
    else this.forget(keyOf(view.session));
  }

  forget(key: string): void {
    this.#prober?.forget(key);
  }

  async close(): Promise<void> {
    await this.#prober?.stop();
    await this.#probes.close();
  }
}
