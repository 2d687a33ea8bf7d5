import type { ClusterClient } from "../kube/client.ts";
import type { Clock } from "../kube/clock.ts";
import { Informer } from "../kube/informer.ts";
import type { Collection, InformerOptions } from "../kube/informer.ts";
import type { AnyObject, KubeObject } from "../kube/object.ts";
import { apiVersion } from "./api/objects.ts";
import type { VDIPool, VDISession, VDITemplate } from "./api/objects.ts";
import type { Child, Node, PersistentVolumeClaim, Pod } from "./kinds.ts";
import { toChild } from "./resources/fingerprint.ts";
import { belongsTo, labels, managedSelector } from "./resources/labels.ts";
import { hostOf, poolId, sessionId, userHash } from "./resources/names.ts";
import { routeApiVersion } from "./resources/route.ts";
import type { Settings } from "./settings.ts";
import { controllerUid } from "./resources/keys.ts";
import { trimClaim, trimNode, trimOwn, trimPod } from "./trim.ts";

export interface CacheOptions {
  client: ClusterClient;
  settings: Pick<Settings, "namespace" | "domain">;
  log: (message: string) => void;
  clock: Clock;
}

/** Everything that the operator reads of the cluster, followed by watches. Secrets are not here: they are read by name. */
export class Caches {
  readonly sessions: Informer<VDISession>;
  readonly templates: Informer<VDITemplate>;
  readonly pools: Informer<VDIPool>;
  readonly pods: Informer<Pod>;
  readonly services: Informer<Child>;
  readonly routes: Informer<Child>;
  readonly networkPolicies: Informer<Child>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly nodes: Informer<Node>;
  readonly #all: readonly Informer<never>[];
  readonly #byKind: ReadonlyMap<string, Informer<never>>;

  constructor({ client, settings, log, clock }: CacheOptions) {
    const { namespace, domain } = settings;
    const informer = <T extends KubeObject>(collection: Collection, options: InformerOptions<T> = {}) =>
      new Informer<T>(client, collection, { ...options, log, clock });
    const ours = (apiVersion: string, kind: string): Collection => ({
      ...{ apiVersion, kind, namespace },
      labelSelector: managedSelector,
    });
    // A kind's content becomes its fingerprint: see Child.
    const child = (apiVersion: string, kind: string) =>
      informer<Child>(ours(apiVersion, kind), {
        trim: (object) => toChild(object as KubeObject as AnyObject),
        indexers: { whose },
      });
    this.sessions = informer<VDISession>(
      { apiVersion, kind: "VDISession", namespace },
      {
        trim: trimOwn,
        indexers: {
          id: (session) => [sessionId(session)],
          user: ({ spec }) => [userHash(spec.user)],
          template: ({ spec }) => [spec.template],
          host: (session) => [hostOf(session, domain)],
        },
      },
    );
    this.templates = informer<VDITemplate>({ apiVersion, kind: "VDITemplate" }, { trim: trimOwn });
    this.pools = informer<VDIPool>(
      { apiVersion, kind: "VDIPool", namespace },
      { trim: trimOwn, indexers: { id: (pool) => [poolId(pool)], template: ({ spec }) => [spec.template] } },
    );
    this.pods = informer<Pod>(ours("v1", "Pod"), {
      trim: trimPod,
      indexers: {
        whose,
        owner: (pod) => [controllerUid(pod) ?? ""],
        pool: ({ metadata }) => [metadata.labels?.[labels.pool] ?? ""],
        node: ({ spec }) => [spec?.nodeName ?? ""],
        home: ({ spec }) => spec?.volumes?.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []) ?? [],
      },
    });
    this.services = child("v1", "Service");
    this.routes = child(routeApiVersion, "IngressRoute");
    this.networkPolicies = child("networking.k8s.io/v1", "NetworkPolicy");
    this.claims = informer<PersistentVolumeClaim>(ours("v1", "PersistentVolumeClaim"), { trim: trimClaim });
    this.nodes = informer<Node>({ apiVersion: "v1", kind: "Node" }, { trim: trimNode });
    const all = [
      ...[this.sessions, this.templates, this.pools, this.pods, this.services],
      ...[this.routes, this.networkPolicies, this.claims, this.nodes],
    ] as unknown as Informer<never>[];
    this.#all = all;
    this.#byKind = new Map(all.map((it) => [it.collection.kind, it]));
  }

  /** Resolves when all have their first whole list. */
  get synced(): Promise<unknown> {
    return Promise.all(this.#all.map(({ synced }) => synced));
  }

  get isSynced(): boolean {
    return this.#all.every((it) => it.isSynced);
  }

  /** Reads everything anew; resolves when all that is known was asked for after this call. */
  async relist(): Promise<void> {
    await Promise.all(this.#all.map((it) => it.relist()));
  }

  /** Follows the cluster until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all.map((it) => it.run(signal)));
  }

  /** Takes in what a write answered, ahead of the watch. */
  observe(object: AnyObject): void {
    this.#byKind.get(object.kind ?? "")?.observe(object);
  }
}

/** Of children, by {@link belongsTo}. */
function whose(object: KubeObject): string[] {
  return [belongsTo(object) ?? ""];
}
