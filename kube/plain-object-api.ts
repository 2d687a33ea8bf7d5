import { ApiException, HttpMethod, KubernetesObjectApi } from "@kubernetes/client-node";
import type { V1APIResource } from "@kubernetes/client-node";
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
}

/**
 * client-node's discovery, authentication and transport with JSON in and JSON out. Its own serialisers turn times into
 * Date objects and drop fields that their generated types do not have.
 */
export class PlainObjectApi extends KubernetesObjectApi {
  async send(request: PlainRequest): Promise<AnyObject> {
    const context = this.configuration.baseServer.makeRequestContext(await this.#path(request), request.method);
    context.setHeaderParam("Accept", "application/json");
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) context.setQueryParam(name, value);
    if (request.body !== undefined) {
      context.setHeaderParam("Content-Type", request.contentType ?? "application/json");
      context.setBody(JSON.stringify(request.body));
    }
    await this.configuration.authMethods.default?.applySecurityAuthentication(context);
    const response = await this.configuration.httpApi.send(context).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode < 200 || response.httpStatusCode > 299)
      throw new ApiException(response.httpStatusCode, "API request failed", text, response.headers);
    return JSON.parse(text) as AnyObject;
  }

  async #path({ method, apiVersion, kind, namespace, name, subresource }: PlainRequest): Promise<string> {
    const resource = await this.#resource(apiVersion, kind);
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

  async #resource(apiVersion: string, kind: string): Promise<V1APIResource> {
    const resource = await this.resource(apiVersion, kind).catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    });
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
