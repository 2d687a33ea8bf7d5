import type { ClusterClient } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Pod } from "../kinds.ts";

export interface SecretPresenceOptions {
  client: Pick<ClusterClient, "get">;
  namespace: string;
}

// At a time, when another process made the pods.
const reads = 20;

/**
 * Which pods of pools have their Secret. What this process wrote it knows; else it reads the Secret by its name, once: they
 * are neither listed nor watched.
 */
export class SecretPresence {
  readonly #options: SecretPresenceOptions;
  /** By uid of the pod. */
  readonly #known = new Map<string, boolean>();

  constructor(options: SecretPresenceOptions) {
    this.#options = options;
  }

  /** uids of those without. */
  async missing(pods: readonly Pod[]): Promise<ReadonlySet<string>> {
    const unknown = pods.filter(({ metadata }) => !this.#known.has(metadata.uid ?? ""));
    for (let first = 0; first < unknown.length; first += reads)
      await Promise.all(unknown.slice(first, first + reads).map((pod) => this.has(pod)));
    return new Set(pods.map(({ metadata }) => metadata.uid ?? "").filter((uid) => this.#known.get(uid) === false));
  }

  async has({ metadata }: Pod): Promise<boolean> {
    const { uid = "", name } = metadata;
    const known = this.#known.get(uid);
    if (known !== undefined) return known;
    const { client, namespace } = this.#options;
    const found = (await client.get({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace } })) !== undefined;
    this.#known.set(uid, found);
    return found;
  }

  /** Takes in what the API server answered to a write of ours. */
  observe({ kind, metadata = {} }: AnyObject): void {
    const { uid = "", ownerReferences = [] } = metadata;
    if (kind === "Pod" && !this.#known.has(uid)) this.#known.set(uid, false);
    if (kind === "Secret") for (const owner of ownerReferences) this.#known.set(owner.uid, true);
  }

  /** The pod is gone. */
  forget({ metadata }: Pod): void {
    this.#known.delete(metadata.uid ?? "");
  }
}
