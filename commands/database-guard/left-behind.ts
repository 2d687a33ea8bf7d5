import type { AnyObject } from "../../kube/client.ts";

export interface WantedDatabase {
  /** Under which the stack writes its objects. */
  readonly manager: string;
  readonly record: string;
  readonly namespace: string;
  readonly clusterName: string;
  /** Of the record: holds the name of the cluster under which the database was made. */
  readonly clusterNameLabel: string;
  /** Of the record: names the stack that the database belongs to, where people had to say so. */
  readonly stackAnnotation: string;
}

/**
 * Why this config would leave a database behind, to be deleted with all that is replaced, or take over that of another stack;
 * undefined when it does neither.
 *
 * @param records ConfigMaps that remember a database, of all namespaces and stacks
 */
export function databaseLeftBehind(records: readonly AnyObject[], wanted: WantedDatabase): string | undefined {
  const refusals = records.map((record) => ownRefusal(record, wanted) ?? othersRefusal(record, wanted));
  return refusals.find((refusal) => refusal !== undefined);
}

function ownRefusal(record: AnyObject, wanted: WantedDatabase): string | undefined {
  if (ownerOf(record, wanted) !== wanted.manager) return undefined;
  const { namespace = "", labels } = record.metadata ?? {};
  if (namespace !== wanted.namespace)
    return movedRefusal("namespaces.kasm", wanted.namespace, namespace, { ...wanted, namespace });
  const clusterName = labels?.[wanted.clusterNameLabel] ?? wanted.clusterName;
  return clusterName === wanted.clusterName
    ? undefined
    : movedRefusal("clusterName", wanted.clusterName, clusterName, wanted);
}

function movedRefusal(key: string, now: string, before: string, { record, namespace }: WantedDatabase): string {
  return (
    `kasm-vdi:${key} is ${now}, and this stack has Kasm's database in the cluster under ${before}: Pulumi would make an empty one and ` +
    `delete that one. Set it back to ${before}. To move, take a dump first (docs/components/kasm-workspaces.md); to give ` +
    `the database up, delete what remembers it: kubectl delete configmap ${record} --namespace ${namespace}`
  );
}

// A stack under another name looks to the cluster like another stack: only people know which it is.
function othersRefusal(record: AnyObject, wanted: WantedDatabase): string | undefined {
  const owner = ownerOf(record, wanted);
  const { namespace = "", annotations } = record.metadata ?? {};
  const isElsewhere = namespace !== wanted.namespace;
  if (owner === wanted.manager || (isElsewhere && annotations?.[wanted.stackAnnotation] !== undefined))
    return undefined;
  const say = (name: string) =>
    `kubectl annotate configmap ${wanted.record} --namespace ${namespace} --overwrite ${wanted.stackAnnotation}=${name}`;
  return (
    `Namespace ${namespace} of the cluster has Kasm's database, made by ${owner}, and this stack is ${wanted.manager}. ` +
    `If it is the same stack, ${isNameless(owner) ? "from before stacks wrote under their names" : "renamed"}, ` +
    `say so: ${say(wanted.manager)}. If it is another one, ` +
    (isElsewhere
      ? `say that: ${say(owner)}`
      : `this one would take its namespace and passwords over: choose another cluster, or other kasm-vdi:namespaces`)
  );
}

/** What was said, else who wrote the record: the name that a stack's runs share. */
function ownerOf({ metadata }: AnyObject, { manager, stackAnnotation }: WantedDatabase): string {
  const managers = metadata?.managedFields?.flatMap(({ manager: name = "" }) => name) ?? [];
  const writer = managers.find((name) => name === manager) ?? managers.find((name) => name.startsWith("pulumi-"));
  return metadata?.annotations?.[stackAnnotation] ?? writer ?? "an unknown stack";
}

/** Pulumi's own choice for who gives it no name: it tells nothing of the stack. */
function isNameless(owner: string): boolean {
  return /^pulumi-kubernetes-[0-9a-f]{8}$/.test(owner);
}
