import { ApiException, HttpMethod, KubernetesObjectApi } from "@kubernetes/client-node";
import type { RequestContext, ResponseContext, V1APIResource, V1APIResourceList } from "@kubernetes/client-node";
import { SharedKubeConfig } from "./config.ts";
import type { AnyObject } from "./object.ts";

/** One request on a kind's resource. `name` is left out for create and list. */
export interface PlainRequest {
  method: HttpMethod;
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
  query?: Record<string, string | undefined>;
  contentType?: string;
  body?: unknown;
  /** Ends the request, and the body of an opened one. */
  signal?: AbortSignal | undefined;
  /** Of the answer. */
  mostBytes?: number | undefined;
  /** `application/json` without it. */
  accept?: string | undefined;
}

/**
 * client-node's discovery, authentication and transport with JSON in and JSON out. Its own serialisers turn times into
 * Date objects and drop fields that their generated types do not have.
 */
export class PlainObjectApi extends KubernetesObjectApi {
  /** Told of the `Date` header of each answer. */
  onServerDate: ((date: Date) => void) | undefined;
  /** Answers that were read whole, and their bytes. */
  readonly traffic = { requests: 0, bytes: 0 };
  readonly #resources = new Map<string, V1APIResource[]>();

  /**
   * Sends it once and reads the whole answer.
   *
   * @throws ApiException for an answer that is no success; NoAnswerError after `timeoutMs`; AnswerTooLargeError beyond
   * `request.mostBytes`
   */
  async send(request: PlainRequest, timeoutMs: number): Promise<AnyObject> {
    return this.#transfer(await this.#path(request, timeoutMs), request, timeoutMs, async ({ body }) => {
      const { mostBytes } = request;
      const text = mostBytes === undefined ? await body.text() : await textOf(bytesOf(body), mostBytes);
      this.#count(text);
      return JSON.parse(text) as AnyObject;
    });
  }

  /** Sends it once and reads the whole answer as text. Throws as {@link send}. */
  async text(request: PlainRequest, timeoutMs: number): Promise<string> {
    return this.#transfer(await this.#path(request, timeoutMs), request, timeoutMs, async ({ body }) => {
      const text = await body.text();
      this.#count(text);
      return text;
    });
  }

  /** GET /version. Throws as {@link send}. */
  async version(timeoutMs: number): Promise<{ version: string | undefined; date: Date | undefined }> {
    return this.#transfer("/version", { method: HttpMethod.GET }, timeoutMs, async ({ body, headers }) => {
      const { gitVersion } = JSON.parse(await body.text()) as { gitVersion?: string };
      const { date } = headers;
      return { version: gitVersion, date: date === undefined ? undefined : new Date(date) };
    });
  }

  #count(text: string): void {
    this.traffic.requests++;
    this.traffic.bytes += text.length;
  }

  /**
   * Sends it once and returns the answer's body as it comes, until `request.signal` ends it.
   *
   * @param timeoutMs for the answer to begin
   * @throws as {@link send}
   */
  async open(request: PlainRequest, timeoutMs: number): Promise<AsyncIterable<Uint8Array>> {
    return this.#transfer(await this.#path(request, timeoutMs), request, timeoutMs, ({ body }) => {
      return bytesOf(body);
    });
  }

  /** A server that does not answer in time may be gone without a word: its connections are not used any further. */
  async #transfer<T>(
    path: string,
    request: Omit<PlainRequest, "apiVersion" | "kind">,
    timeoutMs: number,
    read: (response: ResponseContext) => T | Promise<T>,
  ): Promise<T> {
    const context = await this.#context(path, request);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new NoAnswerError(context, timeoutMs)), timeoutMs);
    context.setSignal(request.signal ? AbortSignal.any([request.signal, abort.signal]) : abort.signal);
    try {
      const response = await this.configuration.httpApi.send(context).toPromise();
      const { httpStatusCode, headers, body } = response;
      const { date } = headers;
      if (date !== undefined) this.onServerDate?.(new Date(date));
      if (httpStatusCode < 200 || httpStatusCode > 299)
        throw new ApiException(httpStatusCode, "API request failed", await body.text(), headers);
      return await read(response);
    } catch (error) {
      const config = this.configuration.authMethods.default;
      if (!abort.signal.aborted) throw error;
      if (config instanceof SharedKubeConfig) await config.abandonConnections(context.getDispatcher());
      // As it is: fetch wraps what breaks its connection.
      throw abort.signal.reason;
    } finally {
      clearTimeout(timer);
    }
  }

  async #context(path: string, request: Omit<PlainRequest, "apiVersion" | "kind">): Promise<RequestContext> {
    const context = this.configuration.baseServer.makeRequestContext(path, request.method);
    context.setHeaderParam("Accept", request.accept ?? "application/json");
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) context.setQueryParam(name, value);
    if (request.body !== undefined) {
      context.setHeaderParam("Content-Type", request.contentType ?? "application/json");
      context.setBody(JSON.stringify(request.body));
    }
    await this.configuration.authMethods.default?.applySecurityAuthentication(context);
    return context;
  }

  async #path(request: PlainRequest, timeoutMs: number): Promise<string> {
    const { method, apiVersion, kind, namespace, name, subresource } = request;
    const resource = await this.#discover(apiVersion, kind, timeoutMs);
    const isList = method === HttpMethod.GET && name === undefined;
    const scope = namespace ?? (isList ? undefined : this.defaultNamespace);
    const parts = [
      ...(resource.namespaced && scope !== undefined ? ["namespaces", scope] : []),
      resource.name,
      ...(name === undefined ? [] : [name]),
      ...(subresource === undefined ? [] : [subresource]),
    ];
    return [this.apiVersionPath(apiVersion), ...parts.map(encodeURIComponent)].join("/");
  }

  // client-node's own discovery cannot be ended, and takes `widgets/status` for a resource of its own.
  async #discover(apiVersion: string, kind: string, timeoutMs: number): Promise<V1APIResource> {
    const find = () => this.#resources.get(apiVersion)?.find((it) => it.kind === kind && !it.name.includes("/"));
    const known = find();
    if (known) return known;
    const path = this.apiVersionPath(apiVersion);
    const resources = await this.#transfer(path, { method: HttpMethod.GET }, timeoutMs, async ({ body }) => {
      return (JSON.parse(await body.text()) as V1APIResourceList).resources;
    }).catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return [];
      throw error;
    });
    this.#resources.set(apiVersion, resources);
    const resource = find();
    if (!resource) throw new UnknownKindError(apiVersion, kind);
    return resource;
  }
}

/** The API server serves no such kind: a missing CRD, or an API version that this cluster does not have. */
export class UnknownKindError extends Error {
  override readonly name = "UnknownKindError";

  constructor(apiVersion: string, kind: string) {
    super(`the cluster has no kind ${kind} in ${apiVersion}`);
  }
}

/** The answer has more bytes than were asked for; the rest was not read. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";

  constructor(mostBytes: number) {
    super(`the answer has more than ${mostBytes} bytes`);
  }
}

function bytesOf(body: ResponseContext["body"]): AsyncIterable<Uint8Array> {
  return body.stream() as unknown as AsyncIterable<Uint8Array>;
}

async function textOf(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Whoever stops to read ends the request.
    if (bytes > mostBytes) throw new AnswerTooLargeError(mostBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Nothing came back in time. Whether a write happened is not known. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";

  constructor(context: RequestContext, timeoutMs: number) {
    super(`no answer to ${context.getHttpMethod()} ${context.getUrl()} within ${timeoutMs / 1000} s`);
  }
}
