import { setImmediate as turn } from "node:timers/promises";
import type { ClusterClient } from "../../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../../kube/object.ts";
import type { WatchEvent } from "../../../kube/watch-events.ts";

const keyOf = ({ kind, metadata: { namespace, name } = {} }: ObjectKey | AnyObject) =>
  `${kind ?? ""} ${namespace ?? ""}/${name ?? ""}`;

/** What an operator asks of an API server, of objects in memory: no admission, no garbage collection, no selectors. */
export class MemoryCluster {
  /** What each write waits for before it is done. */
  hold: (verb: string, kind: string) => Promise<unknown> = () => turn();
  readonly #objects = new Map<string, AnyObject>();
  readonly #watches: { kind: string; send: (event: WatchEvent) => void }[] = [];
  #version = 100;

  readonly client = {
    get: (key: ObjectKey) => Promise.resolve(this.#objects.get(keyOf(key))),
    list: (_: string, kind: string) => Promise.resolve(this.of(kind)),
    listPage: (_: string, kind: string) =>
      Promise.resolve({ items: structuredClone(this.of(kind)), resourceVersion: String(this.#version) }),
    watch: (_: string, kind: string) => Promise.resolve(this.#follow(kind)),
    create: (object: AnyObject) => this.#write("create", object),
    apply: (object: AnyObject) => this.#write("apply", object),
    applyStatus: (object: AnyObject) => this.#write("applyStatus", object),
    mergePatch: (object: AnyObject) => this.#write("mergePatch", object),
    delete: async (key: ObjectKey) => {
      await this.hold("delete", key.kind);
      this.remove(key);
    },
  } as unknown as ClusterClient;

  of(kind: string): AnyObject[] {
    return [...this.#objects.values()].filter((it) => it.kind === kind);
  }

  /** Makes it, or changes it, and tells the watches. */
  put(object: AnyObject): AnyObject {
    const found = this.#objects.get(keyOf(object));
    const version = String(++this.#version);
    const metadata = {
      ...{ uid: `uid-${version}`, creationTimestamp: new Date().toISOString() },
      ...found?.metadata,
      ...object.metadata,
      ...{ labels: { ...found?.metadata?.labels, ...object.metadata?.labels } },
      ...{ annotations: { ...found?.metadata?.annotations, ...object.metadata?.annotations } },
      resourceVersion: version,
    };
    const stored: AnyObject = { ...found, ...object, metadata };
    this.#objects.set(keyOf(object), stored);
    this.#tell({ type: found ? "MODIFIED" : "ADDED", object: stored });
    return stored;
  }

  remove(key: ObjectKey | AnyObject): void {
    const found = this.#objects.get(keyOf(key));
    if (!found || !this.#objects.delete(keyOf(key))) return;
    const metadata = { ...found.metadata, resourceVersion: String(++this.#version) };
    this.#tell({ type: "DELETED", object: { ...found, metadata } });
  }

  async #write(verb: string, object: AnyObject): Promise<AnyObject> {
    await this.hold(verb, object.kind ?? "");
    return structuredClone(this.put(structuredClone(object)));
  }

  #tell(event: WatchEvent): void {
    for (const { kind, send } of this.#watches) if (kind === event.object.kind) send(structuredClone(event));
  }

  #follow(kind: string): AsyncIterable<WatchEvent> {
    const stream = new ReadableStream<WatchEvent>({
      start: (controller) => void this.#watches.push({ kind, send: (event) => controller.enqueue(event) }),
    });
    return stream;
  }
}
