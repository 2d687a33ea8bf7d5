import { pageSize } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import { FreshRead } from "../../kube/fresh-read.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDISession } from "../api/objects.ts";

/** What decides about what is deleted for good. */
export type LiveSession = { readonly metadata: VDISession["metadata"] } & {
  readonly spec: Pick<VDISession["spec"], "user" | "persistence">;
};

/** The sessions of a namespace as the API server has them now: caches may not know of the last ones yet. */
export class LiveSessions {
  readonly #all: FreshRead<readonly LiveSession[]>;

  constructor(client: Pick<ClusterClient, "listPage">, namespace: string) {
    this.#all = new FreshRead(() => read(client, namespace));
  }

  /** All, of a list that began after this call. */
  read(): Promise<readonly LiveSession[]> {
    return this.#all.get();
  }
}

async function read(client: Pick<ClusterClient, "listPage">, namespace: string): Promise<LiveSession[]> {
  const sessions: LiveSession[] = [];
  let next: string | undefined;
  let limit: number | undefined = pageSize;
  do {
    const page = await client.listPage(apiVersion, "VDISession", { namespace, limit, continue: next });
    // Page by page, for what they say of their desktops is most of them.
    for (const item of page.items) sessions.push(trimmed(item as unknown as VDISession));
    ({ continue: next, limit } = page);
  } while (next);
  return sessions;
}

function trimmed({ metadata: { name, namespace, uid, deletionTimestamp }, spec }: VDISession): LiveSession {
  return {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: { user: spec.user, persistence: spec.persistence },
  };
}
