import type { ClusterClient } from "./client.ts";
import { Informer } from "./informer.ts";
import type { KubeObject, ObjectKey } from "./object.ts";

/** What was waited for did not come in time. */
export class WaitTimeoutError extends Error {
  override readonly name = "WaitTimeoutError";
  /** The object as it was last seen; undefined when there was none. */
  readonly last: KubeObject | undefined;

  constructor(key: ObjectKey, timeoutMs: number, last: KubeObject | undefined) {
    super(`${key.kind} ${key.metadata.name} was not as awaited within ${timeoutMs / 1000} s`);
    this.last = last;
  }
}

/**
 * Follows one object until it is as awaited, by a watch.
 *
 * @param isSo also asked before any change; undefined stands for an object that is not there
 * @returns what it was asked about when it said yes
 * @throws WaitTimeoutError; what `isSo` throws ends the wait
 */
export async function waitForObject<T extends KubeObject>(
  client: Pick<ClusterClient, "listPage" | "watch">,
  key: ObjectKey,
  isSo: (object: T | undefined) => boolean,
  { timeoutMs }: { timeoutMs: number },
): Promise<T | undefined> {
  const { apiVersion, kind, metadata } = key;
  const { name, namespace } = metadata;
  const stop = new AbortController();
  const informer = new Informer<T>(client, {
    ...{ apiVersion, kind, fieldSelector: `metadata.name=${name}` },
    ...(namespace !== undefined && { namespace }),
  });
  const current = () => [...informer.store.values()][0];
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  const look = () => {
    try {
      if (informer.isSynced && isSo(current())) resolve(current());
    } catch (error) {
      reject(error);
    }
  };
  const timer = setTimeout(() => reject(new WaitTimeoutError(key, timeoutMs, current())), timeoutMs);
  informer.on({ add: look, update: look, delete: look });
  const running = informer.run(stop.signal);
  void informer.synced.then(look);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop.abort();
    await running;
  }
}
