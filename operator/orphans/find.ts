import type { KubeObject, ObjectKey } from "../../kube/object.ts";
import type { VDIPool, VDISession } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { poolId, sessionId } from "../resources/names.ts";
import { isForceable } from "../session/pod-end.ts";
import type { SessionView } from "../view/session-view.ts";

/** What is left of a session or pool that is gone. */
export interface Orphans {
  readonly pods: readonly Pod[];
  readonly services: readonly KubeObject[];
  readonly routes: readonly KubeObject[];
  readonly networkPolicies: readonly KubeObject[];
}

/** One deletion, of this very object. */
export interface Removal {
  readonly key: ObjectKey;
  readonly uid?: string;
  readonly graceSeconds?: number;
}

/** Names the owners that are there, by their ids in labels. */
export function ownersOf(
  sessions: readonly Pick<VDISession, "metadata">[],
  pools: readonly Pick<VDIPool, "metadata">[],
): ReadonlySet<string> {
  return new Set([...sessions.map((it) => `session ${sessionId(it)}`), ...pools.map((it) => `pool ${poolId(it)}`)]);
}

/** What of them is to be deleted now; nothing while all that is left ends already. What guards a pod stays as long as the pod, which may take its time to end. */
export function removals({ pods, services, routes, networkPolicies }: Orphans): Removal[] {
  const policies = pods.length === 0 ? networkPolicies : [];
  const ways = [...services, ...routes, ...networkPolicies];
  const seen = [
    ...removalsOf("v1", "Pod", pods),
    ...removalsOf("traefik.io/v1alpha1", "IngressRoute", routes),
    ...removalsOf("v1", "Service", services),
    ...removalsOf("networking.k8s.io/v1", "NetworkPolicy", policies),
  ];
  // Secrets are known by name alone: a session's has the name of its Service, that of a pool's pod the pod's.
  return seen.length === 0 ? [] : [...seen, ...secrets([...ways, ...pods])];
}

/** Those of the pods that end already, and never will by themselves: each counts as one of its user's desktops until then. */
export function forcedRemovals(
  { pods }: Pick<Orphans, "pods">,
  seen: Pick<SessionView, "nodes" | "timeDoubt">,
  now: Date,
): Removal[] {
  return pods
    .filter((pod) => isForceable({ ...seen, pod }, now).due)
    .map(({ metadata }) => ({ ...removal("v1", "Pod", metadata), graceSeconds: 0 }));
}

function removalsOf(apiVersion: string, kind: string, objects: readonly KubeObject[]): Removal[] {
  return objects
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata = {} }) => removal(apiVersion, kind, metadata));
}

function removal(apiVersion: string, kind: string, metadata: NonNullable<KubeObject["metadata"]>): Removal {
  return { key: keyOf(apiVersion, kind, metadata), ...(metadata.uid !== undefined && { uid: metadata.uid }) };
}

function secrets(objects: readonly KubeObject[]): Removal[] {
  const byName = new Map(objects.map(({ metadata = {} }) => [metadata.name, metadata]));
  return [...byName.values()].map((metadata) => ({ key: keyOf("v1", "Secret", metadata) }));
}

function keyOf(
  apiVersion: string,
  kind: string,
  { name = "", namespace }: NonNullable<KubeObject["metadata"]>,
): ObjectKey {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}
