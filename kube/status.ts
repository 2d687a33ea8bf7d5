import { KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";
import type { AnyObject, SharedKubeConfig } from "./client.ts";

/** Writes the `status` subresource of any kind, on the connection pool of the given config. */
export class StatusClient {
  readonly #api: StatusApi;

  constructor(config: SharedKubeConfig) {
    this.#api = config.makeApiClient(StatusApi);
  }

  /** JSON merge patch of the status: only what `object.status` names changes, null removes. */
  mergePatch(object: AnyObject, fieldManager?: string): Promise<AnyObject> {
    return this.#api.patch(object, undefined, undefined, fieldManager, undefined, PatchStrategy.MergePatch);
  }
}

class StatusApi extends KubernetesObjectApi {
  protected override async specUriPath(...spec: Parameters<KubernetesObjectApi["specUriPath"]>): Promise<string> {
    return `${await super.specUriPath(...spec)}/status`;
  }
}
