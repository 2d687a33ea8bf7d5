import { HttpMethod } from "@kubernetes/client-node";
import { classifyError, retryAfterMs, statusCode } from "./api-error.ts";
import { pause, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type {
  ApplyOptions,
  ClientOptions,
  DeleteOptions,
  ListOptions,
  LogOptions,
  ObjectPage,
  PageOptions,
  WatchOptions,
} from "./client-options.ts";
import type { SharedKubeConfig } from "./config.ts";
import type { AnyObject, ObjectKey } from "./object.ts";
import { AnswerTooLargeError, PlainObjectApi, UnknownKindError } from "./plain-object-api.ts";
import type { PlainRequest } from "./plain-object-api.ts";
import { watchEvents } from "./watch-events.ts";
import type { WatchEvent } from "./watch-events.ts";

export { apiMessage, apiReason, classifyError, isPolicyUnready, statusCode } from "./api-error.ts";
export type { ErrorClass } from "./api-error.ts";
export type * from "./client-options.ts";
export { NoKubeConfigError, SharedKubeConfig, loadKubeConfig } from "./config.ts";
export type { AnyObject, ManagedFields, ObjectKey, ObjectMeta, OwnerReference } from "./object.ts";
export { NoAnswerError, UnknownKindError } from "./plain-object-api.ts";

/** The API server's own chunk size for lists. */
export const pageSize = 500;

// 500 pods with all that caches drop of them; of objects as large as etcd takes them a handful.
const mostPageBytes = 8 * 2 ** 20;

// As client-go. The server says how long to wait: its API Priority and Fairness is the only limit on our requests.
const mostRetries = 10;

/** Reads and writes objects of any kind as plain JSON through one connection pool. */
export class ClusterClient {
  readonly config: SharedKubeConfig;
  readonly #api: PlainObjectApi;
  readonly #options: ClientOptions;
  readonly #clock: Clock;

  constructor(config: SharedKubeConfig, options: ClientOptions = {}) {
    this.config = config;
    this.#api = config.makeApiClient(PlainObjectApi);
    this.#api.onServerDate = options.onServerDate;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The object, or undefined when there is none (or no such kind). */
  async get(key: ObjectKey): Promise<AnyObject | undefined> {
    try {
      return await this.#send({ method: HttpMethod.GET, ...address(key) });
    } catch (error) {
      if (statusCode(error) === 404 || error instanceof UnknownKindError) return undefined;
      throw error;
    }
  }

  /** All objects of a kind, in one namespace or in all, read in pages. */
  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<AnyObject[]> {
    const items: AnyObject[] = [];
    let next: string | undefined;
    let limit: number | undefined = pageSize;
    do {
      const page = await this.listPage(apiVersion, kind, { ...options, limit, continue: next });
      items.push(...page.items);
      ({ continue: next, limit } = page);
    } while (next);
    return items;
  }

  /** One page of a collection. Fails with 410 when `continue` is older than what the server keeps. */
  async listPage(apiVersion: string, kind: string, options: PageOptions = {}): Promise<ObjectPage> {
    const { namespace, labelSelector, fieldSelector, limit, signal } = options;
    const query = { labelSelector, fieldSelector, limit: limit?.toString(), continue: options.continue };
    const mostBytes = limit === 1 ? undefined : mostPageBytes;
    let page: AnyObject;
    try {
      const accept = options.metadataOnly ? metadataOnly : undefined;
      page = await this.#send({
        method: HttpMethod.GET,
        apiVersion,
        kind,
        namespace,
        query,
        signal,
        mostBytes,
        accept,
      });
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError)) throw error;
      return this.listPage(apiVersion, kind, { ...options, limit: Math.ceil((limit ?? pageSize) / 4) });
    }
    const { resourceVersion = "", continue: next } = page.metadata as { resourceVersion?: string; continue?: string };
    // Items of a list carry neither apiVersion nor kind.
    const items = ((page["items"] ?? []) as AnyObject[]).map((item) => ({ ...item, apiVersion, kind }));
    return { items, resourceVersion, ...(next && { continue: next }), ...(limit !== undefined && { limit }) };
  }

  /** The end of a container's log, as the kubelet has it. */
  async log(pod: { namespace: string; name: string; container: string }, options: LogOptions): Promise<string> {
    const { previous = false, tailLines, limitBytes } = options;
    const query = {
      ...{ container: pod.container, previous: previous ? "true" : undefined },
      ...{ tailLines: String(tailLines), limitBytes: String(limitBytes) },
    };
    const { namespace, name } = pod;
    const request = {
      method: HttpMethod.GET,
      apiVersion: "v1",
      kind: "Pod",
      namespace,
      name,
      subresource: "log",
      query,
    };
    return this.#once("GET", () => this.#api.text({ ...request, accept: "*/*" }, this.#timeoutMs));
  }

  /** What the API server says of itself, and its clock (in whole seconds). */
  async version(): Promise<{ version: string | undefined; date: Date | undefined }> {
    return this.#api.version(this.#timeoutMs);
  }

  /** Answers that were read whole so far, and their bytes. */
  get traffic(): Readonly<{ requests: number; bytes: number }> {
    return this.#api.traffic;
  }

  /** The changes of a collection from a version on, with bookmarks. Not repeated when the server refuses it. */
  async watch(apiVersion: string, kind: string, options: WatchOptions): Promise<AsyncIterable<WatchEvent>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal } = options;
    const query = {
      ...{ labelSelector, fieldSelector, resourceVersion, watch: "true", allowWatchBookmarks: "true" },
      timeoutSeconds: String(timeoutSeconds),
    };
    const request = { method: HttpMethod.GET, apiVersion, kind, namespace, query, signal };
    return watchEvents(await this.#once("WATCH", () => this.#api.open(request, this.#timeoutMs)));
  }

  /** Fails with 409 AlreadyExists when the object is there. */
  create(object: AnyObject, options: { fieldManager?: string; dryRun?: boolean } = {}): Promise<AnyObject> {
    const query = { fieldManager: options.fieldManager, dryRun: dryRunFlag(options.dryRun) };
    return this.#send({ method: HttpMethod.POST, ...address(object), name: undefined, query, body: object });
  }

  /** Server-side apply. Fails with 409 when `force` is not given and others own a field that differs. */
  apply(object: AnyObject, options: ApplyOptions): Promise<AnyObject> {
    return this.#patch(object, applyPatchType, applyQuery(options));
  }

  /** Server-side apply of the status subresource. */
  applyStatus(object: AnyObject, options: ApplyOptions): Promise<AnyObject> {
    return this.#patch(object, applyPatchType, applyQuery(options), "status");
  }

  /**
   * JSON merge patch: only what `object` names changes, null removes. With a resourceVersion in it, it fails with 409 when
   * somebody else was faster.
   */
  mergePatch(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#patch(object, mergePatchType, { fieldManager });
  }

  /** As {@link mergePatch}, but lists merge by their elements' keys, where the API has any. Not for custom resources. */
  strategicMergePatch(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#patch(object, strategicMergePatchType, { fieldManager });
  }

  /** JSON merge patch of the status subresource. */
  mergePatchStatus(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#patch(object, mergePatchType, { fieldManager }, "status");
  }

  /** Deletes the object; one that is gone already is no error. Fails with 409 when a precondition does not hold. */
  async delete(
    key: ObjectKey,
    propagationPolicy: "Foreground" | "Background" | "Orphan" = "Background",
    options?: DeleteOptions,
  ): Promise<void> {
    const { gracePeriodSeconds, ...preconditions } = options ?? {};
    const body = options && {
      ...{ apiVersion: "v1", kind: "DeleteOptions", preconditions },
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    };
    try {
      await this.#send({ method: HttpMethod.DELETE, ...address(key), query: { propagationPolicy }, body });
    } catch (error) {
      if (statusCode(error) !== 404) throw error;
    }
  }

  #patch(
    object: AnyObject,
    contentType: string,
    query: Record<string, string | undefined>,
    subresource?: string,
  ): Promise<AnyObject> {
    return this.#send({
      method: HttpMethod.PATCH,
      ...address(object),
      subresource,
      query,
      contentType,
      body: object,
    });
  }

  /** Waits as long as the server asks to, and tries again: what it throttled it did not do. */
  async #send(request: PlainRequest): Promise<AnyObject> {
    for (let retries = 0; ; retries++) {
      if (request.method !== HttpMethod.GET && this.#options.mayWrite?.() === false) throw new WriteForbiddenError();
      try {
        return await this.#once(request.method, () => this.#api.send(request, this.#timeoutMs));
      } catch (error) {
        const delayMs = retryAfterMs(error) ?? (classifyError(error) === "throttled" ? 1000 : undefined);
        if (delayMs === undefined || retries === mostRetries) throw error;
        await pause(this.#clock, delayMs * (1 + Math.random() / 2), request.signal);
        request.signal?.throwIfAborted();
      }
    }
  }

  async #once<T>(method: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#options.onAnswer?.(method, 200);
      return result;
    } catch (error) {
      this.#options.onAnswer?.(method, statusCode(error));
      throw error;
    }
  }

  get #timeoutMs(): number {
    return this.#options.requestTimeoutMs ?? 30_000;
  }
}

/** Whoever made the client does not let it write any more: another process leads. Nothing was sent. */
export class WriteForbiddenError extends Error {
  override readonly name = "WriteForbiddenError";

  constructor() {
    super("not written: this process does not lead any more");
  }
}

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const applyPatchType = "application/apply-patch+yaml";
const mergePatchType = "application/merge-patch+json";
const strategicMergePatchType = "application/strategic-merge-patch+json";

function address({ apiVersion, kind, metadata }: Pick<AnyObject, "apiVersion" | "kind" | "metadata">) {
  if (!apiVersion || !kind) throw new Error("an object needs apiVersion and kind");
  return { apiVersion, kind, namespace: metadata?.namespace, name: metadata?.name };
}

function applyQuery({ fieldManager, force = false, dryRun }: ApplyOptions): Record<string, string | undefined> {
  return { fieldManager, force: String(force), dryRun: dryRunFlag(dryRun) };
}

function dryRunFlag(dryRun: boolean | undefined): string | undefined {
  return dryRun ? "All" : undefined;
}
