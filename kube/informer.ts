import { pageSize } from "./client.ts";
import type { ClusterClient } from "./client.ts";
import { systemClock } from "./clock.ts";
import { SharedStrings, compact } from "./compact.ts";
import type { Clock } from "./clock.ts";
import type { AnyObject, KubeObject } from "./object.ts";
import { reflect } from "./reflector.ts";
import type { CollectionSink, CollectionSource } from "./reflector.ts";
import { Store, isNewer, keyOf } from "./store.ts";
import type { Indexer, StoreChange } from "./store.ts";
import { trimObject } from "./trim.ts";

/** A collection: the objects of a kind, in one namespace or in all, that the selectors choose. */
export interface Collection {
  apiVersion: string;
  kind: string;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface InformerOptions<T extends KubeObject> {
  /** Names of indexes, and under which values each finds an object. Must cope with any object of the kind. */
  indexers?: Readonly<Record<string, Indexer<T>>>;
  /** What else not to keep of an object, beyond {@link trimObject}. May change and return the given one; must cope with any. */
  trim?: (object: T) => T;
  /** Keeps texts of any length, for what we wrote ourselves. Default: what is longer than others may write is cut. */
  isWhole?: boolean;
  /** Failures of the connection and of handlers, for people. */
  log?: (message: string) => void;
  clock?: Clock;
}

/** Told of changes in the order in which they happened. What they are given must not be changed. */
export interface ChangeHandlers<T> {
  add?: (object: T) => void;
  update?: (object: T, before: T) => void;
  /** `isLastKnown`: the end itself was not seen, and `object` may be older than its last state. */
  delete?: (object: T, isLastKnown: boolean) => void;
}

/** A copy of a collection that follows it. A kind that the cluster does not have (yet) counts as an empty collection. */
export class Informer<T extends KubeObject = AnyObject> {
  readonly collection: Collection;
  readonly store: Store<T>;
  /** Resolves after the first whole list, its handlers included. Never rejects. */
  readonly synced: Promise<void>;
  readonly #source: CollectionSource;
  readonly #options: InformerOptions<T>;
  readonly #trim: (object: AnyObject) => T;
  readonly #handlers = new Set<ChangeHandlers<T>>();
  #isSynced = false;
  /** Up to here the watch has told everything. */
  #version: string | undefined;
  #markSynced: () => void = () => undefined;
  /** What is read now: a list and the watch that follows it. */
  #reading: AbortController | undefined;
  #relisted: (() => void)[] = [];

  constructor(
    client: Pick<ClusterClient, "listPage" | "watch">,
    collection: Collection,
    options: InformerOptions<T> = {},
  ) {
    const { apiVersion, kind, ...where } = collection;
    this.collection = collection;
    this.#options = options;
    this.store = new Store(options.indexers);
    const { trim, isWhole = false } = options;
    const strings = new SharedStrings();
    this.#trim = (object) => {
      const trimmed = trimObject(object) as KubeObject as T;
      const kept = trim ? trim(trimmed) : trimmed;
      return isWhole ? kept : compact(kept, strings);
    };
    this.synced = new Promise((resolve) => (this.#markSynced = resolve));
    this.#source = {
      page: (page) => client.listPage(apiVersion, kind, { ...where, ...page }),
      watch: (from) => client.watch(apiVersion, kind, { ...where, ...from }),
    };
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Tells of all changes from now on, and of what is there as added. Returns what ends that. */
  on(handlers: ChangeHandlers<T>): () => void {
    this.#handlers.add(handlers);
    for (const object of this.store.values()) this.#tell(handlers, { type: "add", object });
    return () => this.#handlers.delete(handlers);
  }

  /**
   * Takes in what a write answered, ahead of the watch, so that who looks next does not do it again. Nothing when the watch
   * is past that version: the object may be gone by now.
   */
  observe(object: AnyObject): void {
    const version = object.metadata?.resourceVersion;
    if (version === undefined || !this.#isSynced || !isNewer(version, this.#version)) return;
    this.#tellAll(this.store.put(this.#trim(structuredClone(object))));
  }

  /** Tells the handlers of every object as if it had been updated, for whoever wants to look at all of them again. */
  resync(): void {
    for (const object of this.store.values()) this.#tellAll([{ type: "update", object, before: object }]);
  }

  /**
   * Reads the whole collection anew. Resolves after a list that began after this call: what was read before may lack what
   * others have written, and a watch that fell silent is not found at once. Never rejects; needs {@link run}.
   */
  relist(): Promise<void> {
    const listed = new Promise<void>((resolve) => this.#relisted.push(resolve));
    this.#reading?.abort();
    return listed;
  }

  /** Follows the collection until `signal` aborts; resolves then. Never rejects. Once per informer. */
  async run(signal: AbortSignal): Promise<void> {
    const { log = () => undefined, clock = systemClock } = this.#options;
    const options = { clock, pageSize, log: (message: string) => log(`${this.collection.kind}: ${message}`) };
    while (!signal.aborted) {
      const reading = new AbortController();
      this.#reading = reading;
      const until = AbortSignal.any([signal, reading.signal]);
      await reflect(this.#source, this.#sink(reading.signal), options, until);
    }
  }

  /** @param over what is read after it aborted was asked for before, and counts no more */
  #sink(over: AbortSignal): CollectionSink<T> {
    return {
      // A list that is read anew must not have all in memory twice.
      trim: (object) => this.#same(object) ?? this.#trim(object),
      put: (object) => {
        this.#version = object.metadata?.resourceVersion;
        this.#tellAll(this.store.put(object));
      },
      remove: (object) => {
        this.#version = object.metadata?.resourceVersion;
        this.#tellAll(this.store.remove(object));
      },
      replace: (objects, version) => {
        if (over.aborted) return;
        // Newer than the list can only be what a write answered while it was read, unless the server went back in time.
        const isBack = version === undefined || (this.#version !== undefined && isNewer(this.#version, version));
        this.#version = version;
        this.#tellAll(this.store.replace(objects, isBack ? undefined : version));
        this.#isSynced = true;
        this.#markSynced();
        for (const resolve of this.#relisted.splice(0)) resolve();
      },
    };
  }

  /** What is kept of the very same version. */
  #same(object: AnyObject): T | undefined {
    const { uid, resourceVersion } = object.metadata ?? {};
    const found = this.store.get(keyOf(object));
    const isSame = found?.metadata?.uid === uid && found?.metadata?.resourceVersion === resourceVersion;
    return isSame && resourceVersion !== undefined ? found : undefined;
  }

  #tellAll(changes: readonly StoreChange<T>[]): void {
    for (const change of changes) for (const handlers of this.#handlers) this.#tell(handlers, change);
  }

  #tell(handlers: ChangeHandlers<T>, change: StoreChange<T>): void {
    try {
      if (change.type === "add") handlers.add?.(change.object);
      else if (change.type === "update") handlers.update?.(change.object, change.before);
      else handlers.delete?.(change.object, change.isLastKnown);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log?.(`${this.collection.kind}: a handler failed: ${what}`);
    }
  }
}
