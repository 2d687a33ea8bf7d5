import type { AnyObject } from "../../kube/client.ts";

export interface WantedDatabase {
  readonly manager: string;
  readonly record: string;
  readonly namespace: string;
  readonly clusterName: string;
  /** Of the record: holds the name of the cluster under which the database was made. */
  readonly clusterNameLabel: string;
}

/**
 * Why this config would leave the stack's database behind, to be deleted with all that is replaced; undefined when it does not.
 *
 * @param records ConfigMaps that remember a database, of all namespaces and stacks
 */
export function databaseLeftBehind(records: readonly AnyObject[], wanted: WantedDatabase): string | undefined {
  for (const { metadata = {} } of records.filter((record) => isOf(record, wanted.manager))) {
    const { namespace = "", labels } = metadata;
    if (namespace !== wanted.namespace)
      return refusal("namespaces.kasm", wanted.namespace, namespace, { ...wanted, namespace });
    const clusterName = labels?.[wanted.clusterNameLabel] ?? wanted.clusterName;
    if (clusterName !== wanted.clusterName) return refusal("clusterName", wanted.clusterName, clusterName, wanted);
  }
  return undefined;
}

function refusal(key: string, now: string, before: string, { record, namespace }: WantedDatabase): string {
  return (
    `kasm-vdi:${key} is ${now}, and this stack has Kasm's database in the cluster under ${before}: Pulumi would make an empty one and ` +
    `delete that one. Set it back to ${before}. To move, take a dump first (docs/components/kasm-workspaces.md); to give ` +
    `the database up, delete what remembers it: kubectl delete configmap ${record} --namespace ${namespace}`
  );
}

/** Whether a stack made it, by the name that its runs share. */
function isOf({ metadata }: AnyObject, manager: string): boolean {
  return metadata?.managedFields?.some((field) => field.manager === manager) ?? false;
}
