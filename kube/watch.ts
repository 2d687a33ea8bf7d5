import { setTimeout as sleep } from "node:timers/promises";
import { HttpMethod, RequestContext } from "@kubernetes/client-node";
import { fetch } from "undici";
import type { Response } from "undici";
import type { AnyObject, SharedKubeConfig } from "./client.ts";

/** What to watch: the path of a collection (`/api/v1/nodes`) and what to leave out of it. */
export interface WatchTarget {
  path: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** A collection as last seen, kept up to date by {@link watchObjects}. */
export interface WatchedObjects {
  /** By `namespace/name`, or name for cluster-scoped kinds. */
  readonly objects: ReadonlyMap<string, AnyObject>;
  /** False until the first list came back; a kind that does not exist counts as an empty list. */
  readonly synced: boolean;
}

// The server ends a watch after this time and sends a bookmark each minute; longer silence is a dead connection.
const watchSeconds = "300";
const silenceMs = 150_000;
const retryMs = { first: 100, most: 5_000 };
const missingKindMs = 2_000;
// A server that ends watches at once (it is going down) must not be asked in a tight loop.
const briefMs = 1_000;

/**
 * Lists and watches a collection until `signal` aborts: reconnects with back-off, lists anew after a broken connection
 * or an expired resource version (410), and waits for a kind that is not there yet. Never throws.
 *
 * @param onChange called after the first list and after every change
 */
export function watchObjects(
  config: SharedKubeConfig,
  target: WatchTarget,
  onChange: () => void,
  signal: AbortSignal,
): WatchedObjects {
  const view = { objects: new Map<string, AnyObject>(), synced: false };
  void keepUp();
  return view;

  async function keepUp(): Promise<void> {
    let delayMs = retryMs.first;
    while (!signal.aborted) {
      try {
        let version = await list();
        delayMs = version === undefined ? missingKindMs : retryMs.first;
        while (version !== undefined) {
          const start = Date.now();
          version = await stream(version);
          if (Date.now() - start < briefMs) break;
        }
      } catch {
        delayMs = Math.min(delayMs * 2, retryMs.most);
      }
      await sleep(delayMs * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** The collection's resource version; undefined when the API server has no such kind. */
  async function list(): Promise<string | undefined> {
    const response = await request({}, AbortSignal.any([signal, AbortSignal.timeout(30_000)]));
    if (response.status === 404) {
      replace([]);
      return undefined;
    }
    const { apiVersion, kind, items, metadata } = (await expectOk(response).json()) as ObjectList;
    const itemKind = kind.replace(/List$/, "");
    replace((items ?? []).map((item) => ({ ...item, apiVersion, kind: itemKind })));
    return metadata.resourceVersion;
  }

  function replace(items: AnyObject[]): void {
    view.objects = new Map(items.map((item) => [keyOf(item), item]));
    view.synced = true;
    onChange();
  }

  /** Follows changes from a version on. Returns the version to go on from, or undefined when a new list is needed. */
  async function stream(from: string): Promise<string | undefined> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      const query = { watch: "true", resourceVersion: from, allowWatchBookmarks: "true", timeoutSeconds: watchSeconds };
      const response = await request(query, AbortSignal.any([signal, silence.signal]));
      if (response.status === 410 || response.status === 404) return undefined;
      const body = expectOk(response).body;
      if (!body) return from;
      let version = from;
      for await (const line of linesOf(body)) {
        timer.refresh();
        const { type, object } = JSON.parse(line) as { type: string; object: AnyObject };
        if (type === "ERROR") return undefined;
        version = object.metadata?.resourceVersion ?? version;
        if (type === "BOOKMARK") continue;
        if (type === "DELETED") view.objects.delete(keyOf(object));
        else view.objects.set(keyOf(object), object);
        onChange();
      }
      return version;
    } finally {
      clearTimeout(timer);
    }
  }

  async function request(query: Record<string, string>, abort: AbortSignal): Promise<Response> {
    const { path, labelSelector, fieldSelector } = target;
    const url = new URL(`${config.getCurrentCluster()?.server ?? ""}${path}`);
    for (const [name, value] of Object.entries({ ...query, labelSelector, fieldSelector }))
      if (value !== undefined) url.searchParams.set(name, value);
    const context = new RequestContext(url.href, HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    return fetch(url, { headers: context.getHeaders(), signal: abort, ...(dispatcher && { dispatcher }) });
  }
}

interface ObjectList {
  apiVersion: string;
  kind: string;
  items?: AnyObject[];
  metadata: { resourceVersion: string };
}

/** The complete lines of a body. Whoever stops to read them closes the connection. */
async function* linesOf(body: NonNullable<Response["body"]>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function expectOk(response: Response): Response {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response;
}

function keyOf({ metadata }: AnyObject): string {
  return metadata?.namespace ? `${metadata.namespace}/${metadata.name ?? ""}` : (metadata?.name ?? "");
}
