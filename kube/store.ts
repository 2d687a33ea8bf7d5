import type { KubeObject } from "./object.ts";

/** What became of one object. */
export type StoreChange<T> =
  | { readonly type: "add"; readonly object: T }
  | { readonly type: "update"; readonly object: T; readonly before: T }
  /** `isLastKnown`: its end was not seen, `object` may be older than its last state. */
  | { readonly type: "delete"; readonly object: T; readonly isLastKnown: boolean };

/** The values under which an index finds an object: none, one or several. */
export type Indexer<T> = (object: T) => readonly string[];

/** Objects of one kind by key, and by the values of its indexes. Reading never copies: what is read must not be changed. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  /** Most values find one object, and a set of one takes more memory than all else of an index. */
  readonly #indexes: ReadonlyMap<string, { of: Indexer<T>; keys: Map<string, string | Set<string>> }>;

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    this.#indexes = new Map(Object.entries(indexers).map(([name, of]) => [name, { of, keys: new Map() }]));
  }

  get size(): number {
    return this.#objects.size;
  }

  /** @param key as of {@link keyOf} */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** @throws Error for an index that the store was not made with */
  keysBy(index: string, value: string): ReadonlySet<string> {
    const found = this.#indexes.get(index);
    if (!found) throw new Error(`the store has no index "${index}", only: ${[...this.#indexes.keys()].join(", ")}`);
    const keys = found.keys.get(value) ?? none;
    return typeof keys === "string" ? new Set([keys]) : keys;
  }

  /** @throws as {@link keysBy} */
  by(index: string, value: string): T[] {
    return [...this.keysBy(index, value)].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Tells what changed: nothing for a version that is here already or older, two things when another object took the name. */
  put(object: T): StoreChange<T>[] {
    const before = this.#objects.get(keyOf(object));
    const isSame = before !== undefined && before.metadata?.uid === object.metadata?.uid;
    const version = object.metadata?.resourceVersion;
    if (isSame && version !== undefined && !isNewer(version, before.metadata?.resourceVersion)) return [];
    return this.#take(object);
  }

  remove(object: T): StoreChange<T>[] {
    const key = keyOf(object);
    if (!this.#objects.has(key)) return [];
    this.#unset(key);
    return [{ type: "delete", object, isLastKnown: false }];
  }

  /**
   * Makes the content that of a whole list, also where its versions are older (a restored etcd), and tells in what it differs.
   *
   * @param upTo what is newer stays, for the list cannot know of it
   */
  replace(objects: readonly T[], upTo?: string): StoreChange<T>[] {
    const present = new Set(objects.map(keyOf));
    const isKept = (object: T | undefined) =>
      upTo !== undefined && isSurelyNewer(object?.metadata?.resourceVersion, upTo);
    const gone = [...this.#objects].filter(([key, object]) => !present.has(key) && !isKept(object));
    for (const [key] of gone) this.#unset(key);
    const deleted = gone.map(([, object]) => ({ type: "delete", object, isLastKnown: true }) as const);
    const listed = objects.filter((object) => !isKept(this.#objects.get(keyOf(object))));
    return [...deleted, ...listed.flatMap((object) => this.#take(object))];
  }

  #take(object: T): StoreChange<T>[] {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before && before.metadata?.uid === object.metadata?.uid) {
      const version = object.metadata?.resourceVersion;
      if (version !== undefined && version === before.metadata?.resourceVersion) return [];
      this.#set(key, object);
      return [{ type: "update", object, before }];
    }
    this.#set(key, object);
    const added = { type: "add", object } as const;
    return before ? [{ type: "delete", object: before, isLastKnown: true }, added] : [added];
  }

  #set(key: string, object: T): void {
    this.#unset(key);
    this.#objects.set(key, object);
    for (const { of, keys } of this.#indexes.values())
      for (const value of of(object)) {
        const found = keys.get(value);
        if (found === undefined) keys.set(value, key);
        else if (typeof found !== "string") found.add(key);
        else if (found !== key) keys.set(value, new Set([found, key]));
      }
  }

  #unset(key: string): void {
    const before = this.#objects.get(key);
    if (!before) return;
    this.#objects.delete(key);
    for (const { of, keys } of this.#indexes.values())
      for (const value of of(before)) {
        const found = keys.get(value);
        if (typeof found === "object") found.delete(key);
        if (found === key || (typeof found === "object" && found.size === 0)) keys.delete(value);
      }
  }
}

const none: ReadonlySet<string> = new Set();

/**
 * Whether a version came after another, of one object or one kind: the API promises that versions compare as numbers
 * (KEP-5504). What is no number counts as newer when it differs.
 */
export function isNewer(version: string, than: string | undefined): boolean {
  if (than === undefined || version === than) return version !== than;
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return true;
  return version.length === than.length ? version > than : version.length > than.length;
}

function isSurelyNewer(version: string | undefined, than: string): boolean {
  return version !== undefined && isNewer(version, than) && !isNewer(than, version);
}

/** `namespace/name`, or the name alone for cluster-scoped kinds. */
export function keyOf({ metadata }: KubeObject): string {
  return metadata?.namespace ? `${metadata.namespace}/${metadata.name ?? ""}` : (metadata?.name ?? "");
}

/** The way back from {@link keyOf}. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
