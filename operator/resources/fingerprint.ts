import type { AnyObject, KubeObject, ObjectMeta } from "../../kube/object.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { Child } from "../kinds.ts";
import { annotations, labels } from "./labels.ts";
import { shortHash } from "./names.ts";

// Fields of a Service's spec that we say; the API server adds others.
const serviceFields = ["type", "selector", "ports"];
const ourLabels = new Set<string>(Object.values(labels));
const ourAnnotations = new Set<string>(Object.values(annotations));

/**
 * Stands for all that we say about a child: equal for what we want and what the cluster has, as long as nobody changed it.
 * What others add beside it (labels, a cluster IP) does not count. So that caches need not keep the objects.
 */
export function fingerprint(object: AnyObject): string {
  return shortHash(canonical(saidOf(object)));
}

/**
 * JSON merge patch that takes back what others added to a child where we say something, and server-side apply leaves it: a
 * second port, a field beside ours, an owner.
 */
export function withoutAdditions(wanted: AnyObject, found: AnyObject): AnyObject {
  const { apiVersion, kind, metadata = {} } = wanted;
  const { name, namespace, ownerReferences = [] } = metadata;
  const { labels, annotations, spec } = difference(saidOf(wanted), saidOf(found)) as Partial<ReturnType<typeof saidOf>>;
  return {
    ...({ apiVersion, kind } as AnyObject),
    metadata: { name, namespace, labels, annotations, ownerReferences } as ObjectMeta,
    ...(spec && { spec }),
  };
}

/**
 * Whether all that we say about a child is in what the cluster has, with more beside it perhaps: what an admission webhook
 * adds is the will of whoever runs the cluster.
 */
export function isWithin(wanted: AnyObject, found: AnyObject): boolean {
  return includes(saidOf(found), saidOf(wanted));
}

/** Whom a policy or a Service chooses, and where a route leads: one word more there makes it another one. */
const wholeFields = new Set(["selector", "podSelector", "namespaceSelector", "services"]);

/** Of lists all in the same order, with others between them. One that is empty says "none", or "all": it stays so. */
function includes(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || (wanted.length === 0) !== (found.length === 0)) return false;
    let next = 0;
    for (const item of found) if (next < wanted.length && includes(item, wanted[next])) next++;
    return next === wanted.length;
  }
  if (!isFields(wanted) || !isFields(found)) return canonical(wanted) === canonical(found);
  return Object.entries(wanted).every(([key, value]) =>
    wholeFields.has(key)
      ? canonical(ownValue(found, key)) === canonical(value)
      : Object.hasOwn(found, key) && includes(found[key], value),
  );
}

function saidOf({ kind, metadata = {}, ...rest }: AnyObject) {
  const spec = (rest["spec"] ?? {}) as Record<string, unknown>;
  return {
    labels: pick(metadata.labels, (key) => ourLabels.has(key)),
    annotations: pick(metadata.annotations, (key) => ourAnnotations.has(key)),
    owners: (metadata.ownerReferences ?? []).map(({ uid, controller }) => ({ uid, controller })),
    spec: kind === "Service" ? pick(spec, (key) => serviceFields.includes(key)) : spec,
  };
}

/** What a JSON merge patch says to make `found` into `wanted`. */
function difference(wanted: Fields, found: Fields): Fields {
  const removed = Object.keys(found).filter((key) => !Object.hasOwn(wanted, key));
  const changed = Object.entries(wanted).flatMap(([key, value]) => {
    const other = ownValue(found, key);
    if (canonical(value) === canonical(other)) return [];
    return [[key, isFields(value) && isFields(other) ? difference(value, other) : value] as const];
  });
  return Object.fromEntries([...removed.map((key) => [key, null] as const), ...changed]);
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a cache keeps of a child. */
export function toChild(object: AnyObject): Child {
  const { apiVersion, kind, metadata = {} } = object;
  const { name = "", namespace, uid, resourceVersion, deletionTimestamp, ownerReferences } = metadata;
  const whose = pick(metadata.labels, (key) => key === labels.session || key === labels.pool) as Record<string, string>;
  const kept: ObjectMeta & { name: string } = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    labels: whose,
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(ownerReferences && { ownerReferences: ownerReferences.filter(({ controller }) => controller) }),
  };
  return { ...({ apiVersion, kind } as KubeObject), metadata: kept, fingerprint: fingerprint(object) };
}

function pick(record: object | undefined, isWanted: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => isWanted(key)));
}

/** JSON with sorted keys, so that the order of fields does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) =>
    it !== null && typeof it === "object" && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
