import { ApiException, HttpMethod } from "@kubernetes/client-node";
import type { V1Status } from "@kubernetes/client-node";
import type { SharedKubeConfig } from "./config.ts";
import type { AnyObject, ObjectKey } from "./object.ts";
import { PlainObjectApi, UnknownKindError } from "./plain-object-api.ts";

export { SharedKubeConfig, loadKubeConfig } from "./config.ts";
export type { AnyObject, ManagedFields, ObjectKey, ObjectMeta, OwnerReference } from "./object.ts";
export { UnknownKindError } from "./plain-object-api.ts";

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface ApplyOptions {
  fieldManager: string;
  force?: boolean;
  /** Asks the server what it would do, and changes nothing. */
  dryRun?: boolean;
}

// The API server's own chunk size for lists.
const pageSize = "500";

/** Reads and writes objects of any kind as plain JSON through one connection pool. */
export class ClusterClient {
  readonly config: SharedKubeConfig;
  readonly #api: PlainObjectApi;

  constructor(config: SharedKubeConfig) {
    this.config = config;
    this.#api = config.makeApiClient(PlainObjectApi);
  }

  /** The object, or undefined when there is none (or no such kind). */
  async get(key: ObjectKey): Promise<AnyObject | undefined> {
    try {
      return await this.#api.send({ method: HttpMethod.GET, ...address(key) });
    } catch (error) {
      if (statusCode(error) === 404 || error instanceof UnknownKindError) return undefined;
      throw error;
    }
  }

  /** All objects of a kind, in one namespace or in all, read in pages. */
  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<AnyObject[]> {
    const { namespace, labelSelector, fieldSelector } = options;
    const items: AnyObject[] = [];
    let next: string | undefined;
    do {
      const query = { labelSelector, fieldSelector, limit: pageSize, continue: next };
      const page = await this.#api.send({ method: HttpMethod.GET, apiVersion, kind, namespace, query });
      // Items of a list carry neither apiVersion nor kind.
      items.push(...(page["items"] as AnyObject[]).map((item) => ({ ...item, apiVersion, kind })));
      next = (page.metadata as { continue?: string }).continue;
    } while (next);
    return items;
  }

  /** Fails with 409 AlreadyExists when the object is there. */
  create(object: AnyObject, options: { fieldManager?: string; dryRun?: boolean } = {}): Promise<AnyObject> {
    const query = { fieldManager: options.fieldManager, dryRun: dryRunFlag(options.dryRun) };
    return this.#api.send({ method: HttpMethod.POST, ...address(object), name: undefined, query, body: object });
  }

  /** Server-side apply. */
  apply(object: AnyObject, options: ApplyOptions): Promise<AnyObject> {
    const { fieldManager, force = false, dryRun } = options;
    const query = { fieldManager, force: String(force), dryRun: dryRunFlag(dryRun) };
    return this.#patch(object, "application/apply-patch+yaml", query);
  }

  /** JSON merge patch: only what `object` names changes, null removes. */
  mergePatch(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#patch(object, mergePatchType, { fieldManager });
  }

  /** JSON merge patch of the status subresource. */
  mergePatchStatus(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#patch(object, mergePatchType, { fieldManager }, "status");
  }

  /** Deletes the object; one that is gone already is no error. */
  async delete(
    key: ObjectKey,
    propagationPolicy: "Foreground" | "Background" | "Orphan" = "Background",
  ): Promise<void> {
    try {
      await this.#api.send({ method: HttpMethod.DELETE, ...address(key), query: { propagationPolicy } });
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
    return this.#api.send({
      method: HttpMethod.PATCH,
      ...address(object),
      subresource,
      query,
      contentType,
      body: object,
    });
  }
}

/** The HTTP status of an API error; undefined for anything else (a refused connection, a bug). */
export function statusCode(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** The API server's own sentence, for people. */
export function apiMessage(error: unknown): string {
  if (!(error instanceof ApiException)) return error instanceof Error ? error.message : String(error);
  const body: unknown = error.body;
  try {
    const status = (typeof body === "string" ? JSON.parse(body) : body) as V1Status;
    return status.message ?? `HTTP ${error.code}`;
  } catch {
    return `HTTP ${error.code}: ${String(body)}`;
  }
}

const mergePatchType = "application/merge-patch+json";

function address({ apiVersion, kind, metadata }: Pick<AnyObject, "apiVersion" | "kind" | "metadata">) {
  if (!apiVersion || !kind) throw new Error("an object needs apiVersion and kind");
  return { apiVersion, kind, namespace: metadata?.namespace, name: metadata?.name };
}

function dryRunFlag(dryRun: boolean | undefined): string | undefined {
  return dryRun ? "All" : undefined;
}
