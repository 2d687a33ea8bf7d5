import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { Informer } from "../../kube/informer.ts";
import type { WatchEvent } from "../../kube/watch-events.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import { hostOf } from "../resources/names.ts";
import { trimOwn } from "../trim.ts";

type Reader = Pick<ClusterClient, "listPage" | "watch">;

export interface KnowledgeOptions {
  readonly client: Reader;
  /** Of sessions. */
  readonly namespace: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** What admission goes by: sessions and templates, followed by watches, and how long ago the cluster was last heard. */
export class Knowledge {
  readonly sessions: Informer<VDISession>;
  readonly templates: Informer<VDITemplate>;
  readonly #clock: Clock;
  readonly #heardMs: number[] = [];

  constructor({ client, namespace, domain, clock, log }: KnowledgeOptions) {
    this.#clock = clock;
    const options = { clock, log };
    this.sessions = new Informer<VDISession>(
      this.#heard(0, client),
      { apiVersion, kind: "VDISession", namespace },
      { ...options, trim: trimOwn, indexers: { host: (session) => [hostOf(session, domain)] } },
    );
    this.templates = new Informer<VDITemplate>(
      this.#heard(1, client),
      { apiVersion, kind: "VDITemplate" },
      { ...options, trim: trimOwn },
    );
  }

  /** Resolves when both are read. */
  get synced(): Promise<unknown> {
    return Promise.all([this.sessions.synced, this.templates.synced]);
  }

  get isSynced(): boolean {
    return this.sessions.isSynced && this.templates.isSynced;
  }

  /** Milliseconds since the staler of both was heard of; the API server speaks up each minute, also without changes. */
  get ageMs(): number {
    return this.#clock.now() - Math.min(this.#heardMs[0] ?? -Infinity, this.#heardMs[1] ?? -Infinity);
  }

  /** Follows the cluster until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.sessions.run(signal), this.templates.run(signal)]);
  }

  /** The same client, of which each page and each event is noted. */
  #heard(index: number, client: Reader): Reader {
    const note = () => (this.#heardMs[index] = this.#clock.now());
    return {
      listPage: async (...asked) => {
        const page = await client.listPage(...asked);
        note();
        return page;
      },
      watch: async (...asked) => noted(await client.watch(...asked), note),
    };
  }
}

async function* noted(events: AsyncIterable<WatchEvent>, note: () => void): AsyncIterable<WatchEvent> {
  for await (const event of events) {
    note();
    yield event;
  }
}
