import type { Node, Pod } from "../../kube/kinds.ts";
import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import type { Overview } from "../api/schemas.ts";
import type { Knowledge } from "../cluster/knowledge.ts";
import type { SliceHolder } from "./usage.ts";

type NodeSlices = Overview["nodes"][number];
type Holder = NodeSlices["resources"][number]["holders"][number];

/** What the cluster has just now. */
export interface ClusterState {
  readonly nodes: Iterable<Node>;
  readonly pods: Iterable<Pod>;
  readonly session: (name: string) => VDISession | undefined;
}

/** As the portal follows it: always what is there when it is asked. */
export function clusterState(known: Knowledge): ClusterState {
  return {
    nodes: { [Symbol.iterator]: () => known.nodes.store.values() },
    pods: { [Symbol.iterator]: () => known.pods.store.values() },
    session: (name) => known.session(name),
  };
}

/** Who has slices now, once for each; desktops that wait in a pool are nobody's. */
export function sliceHolders(state: ClusterState): SliceHolder[] {
  const holders = nodeSlices(state).flatMap(({ resources }) => resources.flatMap((it) => it.holders));
  return holders.flatMap(({ user, session = "" }) => {
    const start = state.session(session)?.status?.startTime;
    return user === undefined || start === undefined ? [] : [{ user, sinceMs: Date.parse(start) }];
  });
}

/** How many slices of a template's GPU are free, and when the next one is. */
export interface FreeSlices {
  readonly now: number;
  readonly of: number;
  readonly nextAt?: string;
}

/** Extended resources of each node by who holds them: pods of desktops, also those of pools that wait for somebody. */
export function nodeSlices({ nodes, pods, session }: ClusterState): NodeSlices[] {
  const holders = Map.groupBy(
    [...pods].filter(isThere).flatMap((pod) => takenBy(pod, session)),
    ({ node, resource }) => `${node} ${resource}`,
  );
  return [...nodes]
    .map((node) => ({
      name: node.metadata.name,
      isReady: isReady(node),
      resources: Object.entries(node.status?.allocatable ?? {})
        .filter(([name]) => isExtended(name))
        .map(([name, total]) => ({
          name,
          total: Number(total),
          holders: (holders.get(`${node.metadata.name} ${name}`) ?? []).map(({ holder }) => holder),
        })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** For a desktop of the template's own size on the nodes that it may run on; undefined for one that needs no slice. */
export function freeSlices(template: VDITemplate, state: ClusterState): FreeSlices | undefined {
  const { resources, gpuResourceName, nodeSelector = {} } = template.spec;
  if ((resources.default?.gpu ?? 0) === 0) return undefined;
  const fits = [...state.nodes].filter(
    ({ metadata, spec }) =>
      spec?.unschedulable !== true &&
      Object.entries(nodeSelector).every(([key, value]) => metadata.labels?.[key] === value),
  );
  const parts = nodeSlices({ ...state, nodes: fits })
    .filter(({ isReady }) => isReady)
    .flatMap((node) => node.resources.filter(({ name }) => name === gpuResourceName));
  const of = parts.reduce((sum, { total }) => sum + total, 0);
  const now = parts.reduce((sum, { total, holders }) => sum + Math.max(0, total - holders.length), 0);
  if (now > 0) return { now, of };
  const ends = parts
    .flatMap(({ holders }) => holders)
    .flatMap(({ session }) => (session === undefined ? [] : (state.session(session)?.status?.expiresAt ?? [])));
  const [nextAt] = ends.sort();
  return { now, of, ...(nextAt !== undefined && { nextAt }) };
}

function isThere({ spec, status }: Pod): boolean {
  return spec?.nodeName !== undefined && status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

function takenBy(pod: Pod, session: ClusterState["session"]) {
  const name = pod.metadata.ownerReferences?.find(({ kind }) => kind === "VDISession")?.name;
  const user = name === undefined ? undefined : session(name)?.spec.user;
  const holder: Holder = {
    pod: pod.metadata.name,
    ...(name !== undefined && { session: name }),
    ...(user !== undefined && { user }),
  };
  const asked = (pod.spec?.containers ?? []).flatMap(({ resources }) => Object.entries(resources?.limits ?? {}));
  return asked
    .filter(([resource]) => isExtended(resource))
    .flatMap(([resource, count]) =>
      Array.from({ length: Number(count) || 0 }, () => ({ node: pod.spec?.nodeName ?? "", resource, holder })),
    );
}

// Kubernetes' own resources have no domain.
function isExtended(resource: string): boolean {
  return resource.includes("/") && !resource.startsWith("hugepages-");
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}
