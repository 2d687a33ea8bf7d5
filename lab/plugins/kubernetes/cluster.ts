import { ClusterClient, SharedKubeConfig } from "../../../kube/client.ts";
import type { Call } from "../rpc/provider.ts";
import { ObjectApi } from "./api.ts";
import { problemText } from "./api-errors.ts";
import { builtInScope } from "./known-kinds.ts";
import { defaultNamespace, loadCluster } from "./kubeconfig.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, field, isDefinition, kindOf, nameOf, namespaceOf, text } from "./manifest.ts";
import type { Settings } from "./settings.ts";

/** A dead address must not hold a preview up. */
const probeSeconds = 5;

/** The cluster that the provider's options name, reachable or not. */
export class Cluster {
  /** Why nothing can be asked; undefined while the cluster answers. */
  readonly unreachable: string | undefined;
  readonly defaultNamespace: string;
  /** Base address of the API server. */
  readonly server: string;
  /** The client that waiting and helm use; without a cluster it answers nothing. */
  readonly client: ClusterClient;
  readonly #api: ObjectApi | undefined;
  /** Scopes of custom kinds whose definitions this run has seen, by `group/Kind`: the server may not have them yet. */
  readonly #definedScopes = new Map<string, "namespaced" | "cluster">();

  private constructor(parts: {
    unreachable?: string;
    defaultNamespace: string;
    server: string;
    api?: ObjectApi;
    client: ClusterClient;
  }) {
    this.unreachable = parts.unreachable;
    this.defaultNamespace = parts.defaultNamespace;
    this.server = parts.server;
    this.#api = parts.api;
    this.client = parts.client;
  }

  /** Never fails: a cluster that cannot be had is one that is unreachable, and previews work without. */
  static async connect(settings: Settings, call: Call): Promise<Cluster> {
    const known = chosen(settings);
    if ("unreachable" in known) return new Cluster({ ...known, client: new ClusterClient(nowhere()) });
    const { config, ...place } = known;
    const client = new ClusterClient(config);
    const api = new ObjectApi(config, settings.requestTimeoutSeconds);
    try {
      await api.probe(AbortSignal.any([call.signal, AbortSignal.timeout(probeSeconds * 1000)]));
      return new Cluster({ ...place, client, api });
    } catch (error) {
      return new Cluster({ ...place, client, unreachable: `${place.server}: ${problemText(error)}` });
    }
  }

  /** @throws when the cluster is unreachable */
  get api(): ObjectApi {
    if (this.#api === undefined) throw new Error(unreachableMessage(this));
    return this.#api;
  }

  noteDefinition(object: Manifest): void {
    if (!isDefinition(object)) return;
    const scope = text(field(object, "spec", "scope")) === "Cluster" ? "cluster" : "namespaced";
    const kind = text(field(object, "spec", "names", "kind"));
    this.#definedScopes.set(`${text(field(object, "spec", "group"))}/${kind}`, scope);
  }

  /** A kind that nobody knows is taken as namespaced, as most are. */
  async isNamespaced(apiVersion: string, kind: string, signal: AbortSignal): Promise<boolean> {
    const group = apiVersion.split("/")[0] ?? "";
    const scope =
      builtInScope(apiVersion, kind) ??
      this.#definedScopes.get(`${group}/${kind}`) ??
      (await this.#api?.scope(apiVersion, kind, signal).catch(() => undefined));
    return scope !== "cluster";
  }

  /** Whether the server can be asked about this object: it is reachable and knows the kind. */
  async serves(object: Manifest, signal: AbortSignal): Promise<boolean> {
    const scope = await this.#api?.scope(apiVersionOf(object), kindOf(object), signal).catch(() => undefined);
    return scope !== undefined;
  }
}

function chosen(settings: Settings) {
  try {
    const config = loadCluster(settings);
    const server = config.getCurrentCluster()?.server ?? "";
    return { config, server, defaultNamespace: defaultNamespace(config, settings) };
  } catch (error) {
    return { unreachable: problemText(error), server: "", defaultNamespace: settings.namespace ?? "default" };
  }
}

/** Stands in where there is no kubeconfig. Requests to port 1 fail at once, without a connection. */
function nowhere(): SharedKubeConfig {
  const config = new SharedKubeConfig();
  config.loadFromClusterAndUser({ name: "none", server: "http://127.0.0.1:1", skipTLSVerify: false }, { name: "none" });
  return config;
}

export function unreachableMessage(cluster: Cluster): string {
  return `the Kubernetes cluster is unreachable: ${cluster.unreachable ?? "no reason known"}`;
}

/** What names an object in requests. */
export function keyOf(object: Manifest): Manifest {
  const namespace = namespaceOf(object);
  return {
    apiVersion: apiVersionOf(object),
    kind: kindOf(object),
    metadata: { name: nameOf(object), ...(namespace && { namespace }) },
  };
}
