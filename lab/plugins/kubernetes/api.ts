import type { Configuration, RequestContext } from "@kubernetes/client-node";
import { HttpMethod } from "@kubernetes/client-node";

import type { SharedKubeConfig } from "../../../kube/client.ts";
import type { PropertyValue } from "../rpc/property.ts";
import { ApiError, NoMatchError } from "./api-errors.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, kindOf, nameOf, namespaceOf } from "./manifest.ts";

export interface RequestOptions {
  signal: AbortSignal;
  fieldManager?: string;
  force?: boolean;
  /** Asks the server what it would do, and changes nothing. */
  dryRun?: boolean;
}

/** What the server answered, and what it warned of (deprecated versions, unknown fields, pod security). */
export interface Answer {
  object: Manifest;
  warnings: string[];
}

interface Kind {
  /** Plural name in paths. */
  name: string;
  namespaced: boolean;
}

type Method = keyof typeof HttpMethod;

/**
 * Objects of any kind as the very JSON that the server sends: state must hold them unchanged, which client-node's typed models would not
 * give (dates, renamed and dropped fields). Authentication and connections are those of the kubeconfig.
 */
export class ObjectApi {
  readonly #configuration: Configuration;
  readonly #requestTimeoutSeconds: number | undefined;
  readonly #kinds = new Map<string, Promise<Map<string, Kind>>>();

  constructor(config: SharedKubeConfig, requestTimeoutSeconds?: number) {
    this.#configuration = config.makeApiClient(Connection).configuration;
    this.#requestTimeoutSeconds = requestTimeoutSeconds;
  }

  get(target: Manifest, options: RequestOptions): Promise<Answer> {
    return this.#send("GET", target, options);
  }

  /** @throws ApiError 409 when an object of that name exists */
  create(object: Manifest, options: RequestOptions): Promise<Answer> {
    return this.#send("POST", object, options, { type: "application/json", content: object });
  }

  /** Server-side apply. @throws ApiError 409 when another manager holds a field */
  apply(object: Manifest, options: RequestOptions): Promise<Answer> {
    return this.#send("PATCH", object, options, { type: "application/apply-patch+yaml", content: object });
  }

  /** Writes the whole object over the one whose resourceVersion it carries. */
  replace(object: Manifest, options: RequestOptions): Promise<Answer> {
    return this.#send("PUT", object, options, { type: "application/json", content: object });
  }

  /** JSON merge patch (RFC 7386). */
  mergePatch(target: Manifest, patch: Manifest, options: RequestOptions): Promise<Answer> {
    return this.#send("PATCH", target, options, { type: "application/merge-patch+json", content: patch });
  }

  /** JSON patch (RFC 6902). */
  jsonPatch(target: Manifest, operations: PropertyValue[], options: RequestOptions): Promise<Answer> {
    return this.#send("PATCH", target, options, { type: "application/json-patch+json", content: operations });
  }

  async delete(
    target: Manifest,
    propagationPolicy: "Foreground" | "Background" | "Orphan",
    options: RequestOptions,
  ): Promise<void> {
    await this.#send("DELETE", target, options, { type: "application/json", content: { propagationPolicy } });
  }

  /** Whether the server knows the kind, and where it lives. A kind that was unknown is asked for again each time. */
  async scope(apiVersion: string, kind: string, signal: AbortSignal): Promise<"namespaced" | "cluster" | undefined> {
    const found = await this.#kind(apiVersion, kind, signal);
    if (found === undefined) return undefined;
    return found.namespaced ? "namespaced" : "cluster";
  }

  /** One small authenticated request: does the server answer us? */
  async probe(signal: AbortSignal): Promise<void> {
    await this.#request("GET", "/api/v1", {}, { signal });
  }

  async #send(method: Method, target: Manifest, options: RequestOptions, body?: Body): Promise<Answer> {
    const apiVersion = apiVersionOf(target);
    const kind = await this.#kind(apiVersion, kindOf(target), options.signal);
    if (kind === undefined) throw new NoMatchError(apiVersion, kindOf(target));
    const parts = [
      root(apiVersion),
      ...(kind.namespaced ? ["namespaces", namespaceOf(target) || "default"] : []),
      kind.name,
      ...(method === "POST" ? [] : [nameOf(target)]),
    ];
    const query = {
      ...(options.dryRun && { dryRun: "All" }),
      ...(options.fieldManager && { fieldManager: options.fieldManager }),
      ...(options.force !== undefined && { force: String(options.force) }),
      ...(method !== "GET" && method !== "DELETE" && { fieldValidation: "Warn" }),
    };
    return this.#request(method, parts.join("/"), query, options, body);
  }

  async #kind(apiVersion: string, kind: string, signal: AbortSignal): Promise<Kind | undefined> {
    const cached = await this.#kinds.get(apiVersion)?.catch(() => undefined);
    const found = cached?.get(kind);
    if (found !== undefined) return found;
    const asked = this.#discover(apiVersion, signal);
    this.#kinds.set(apiVersion, asked);
    return (await asked).get(kind);
  }

  async #discover(apiVersion: string, signal: AbortSignal): Promise<Map<string, Kind>> {
    try {
      const { object } = await this.#request("GET", root(apiVersion), {}, { signal });
      const resources = (object["resources"] ?? []) as unknown as (Kind & { kind: string })[];
      return new Map(resources.filter(({ name }) => !name.includes("/")).map((one) => [one.kind, one]));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return new Map();
      throw error;
    }
  }

  async #request(
    method: Method,
    path: string,
    query: Record<string, string>,
    { signal }: RequestOptions,
    body?: Body,
  ): Promise<Answer> {
    const request = this.#configuration.baseServer.makeRequestContext(path, HttpMethod[method]);
    for (const [name, value] of Object.entries(query)) request.setQueryParam(name, value);
    request.setHeaderParam("Accept", "application/json");
    request.setHeaderParam("User-Agent", "pulumi-kubernetes-stand-in");
    if (body) {
      request.setHeaderParam("Content-Type", body.type);
      request.setBody(JSON.stringify(body.content));
    }
    await this.#authenticate(request);
    request.setSignal(this.#bounded(signal));
    const response = await this.#configuration.httpApi.send(request).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode >= 300) throw new ApiError(response.httpStatusCode, text);
    return { object: JSON.parse(text) as Manifest, warnings: warningTexts(response.headers["warning"]) };
  }

  #bounded(signal: AbortSignal): AbortSignal {
    if (this.#requestTimeoutSeconds === undefined) return signal;
    return AbortSignal.any([signal, AbortSignal.timeout(this.#requestTimeoutSeconds * 1000)]);
  }

  async #authenticate(request: RequestContext): Promise<void> {
    await this.#configuration.authMethods.default?.applySecurityAuthentication(request);
  }
}

interface Body {
  type: string;
  content: PropertyValue;
}

/** client-node's way to hand out its connection settings. */
class Connection {
  readonly configuration: Configuration;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }
}

function root(apiVersion: string): string {
  return `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
}

/** The header carries `299 - "text"`, several of them separated by commas. */
function warningTexts(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, warning = ""]) =>
    warning.replaceAll(/\\(.)/g, "$1"),
  );
}
