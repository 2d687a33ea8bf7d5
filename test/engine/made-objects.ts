import { setTimeout as sleep } from "node:timers/promises";
import type { AnyObject, ClusterClient, ObjectKey } from "../../kube/client.ts";

/** What a test has created, to be removed when it is over. */
export class MadeObjects {
  readonly #client: ClusterClient;
  #keys: ObjectKey[] = [];

  constructor(client: ClusterClient) {
    this.#client = client;
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  async create(object: AnyObject): Promise<AnyObject> {
    const created = await this.#client.create(object, { fieldManager: "engine-test" });
    const { apiVersion = "", kind = "", metadata } = object;
    this.add({ apiVersion, kind, metadata: metadata as ObjectKey["metadata"] });
    return created;
  }

  /** Something that others make for the test. */
  add(key: ObjectKey): void {
    this.#keys.push(key);
  }

  /** What is in a namespace ends with it. */
  leaveToNamespace(namespace: string): void {
    this.#keys = this.#keys.filter(({ metadata }) => metadata.namespace !== namespace);
  }

  /** @throws Error naming what is still there after a minute */
  async removeAll(): Promise<void> {
    const made = this.#keys.splice(0);
    const waiting = [...made];
    const remove = async () => {
      for (let key = waiting.pop(); key; key = waiting.pop()) await this.#client.delete(key);
    };
    await Promise.all(Array.from({ length: 20 }, remove));
    const deadline = Date.now() + 60_000;
    // One list tells of hundreds, which would be as many watches.
    for (let left = await this.#present(made); left.length > 0; left = await this.#present(made)) {
      const first = left.slice(0, 5).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      if (Date.now() > deadline) throw new Error(`${left.length} objects are not gone after 60 s: ${first.join(", ")}`);
      await sleep(200);
    }
  }

  async #present(keys: readonly ObjectKey[]): Promise<ObjectKey[]> {
    const kinds = Map.groupBy(keys, ({ apiVersion, kind, metadata }) =>
      [apiVersion, kind, metadata.namespace].join(" "),
    );
    const left = await Promise.all(
      [...kinds.values()].map(async (ofKind) => {
        const { apiVersion, kind, metadata } = ofKind[0]!;
        const options = metadata.namespace ? { namespace: metadata.namespace } : {};
        const found = await this.#client.list(apiVersion, kind, options);
        const present = new Set(found.map((it) => it.metadata?.name));
        return ofKind.filter((key) => present.has(key.metadata.name));
      }),
    );
    return left.flat();
  }
}
