import type { AnyObject, ClusterClient, ManagedFields, ObjectKey } from "../kube/client.ts";
import { objectKey } from "./state.ts";
import type { StateResource } from "./state.ts";

/** A manager of an object's fields that is of no use any more. */
export interface EarlierManager {
  readonly key: ObjectKey;
  readonly manager: string;
}

/**
 * Interrupted runs that the server still has down as managers of objects, although a later run has made them once more: each
 * run has a name of its own. The later run's next change of such an object would be refused as a conflict with the first.
 */
export async function findEarlierManagers(
  client: ClusterClient,
  resources: readonly StateResource[],
): Promise<EarlierManager[]> {
  const owned = resources.flatMap((resource) => {
    const key = objectKey(resource);
    const { __fieldManager: manager } = resource.outputs ?? {};
    return key && typeof manager === "string" ? [{ key, manager }] : [];
  });
  const found = owned.map(async ({ key, manager }) => {
    const live = await client.get(key);
    return live ? earlierManagers(live, manager).map((earlier) => ({ key, manager: earlier })) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Other runs of the plugin that manage nothing that `manager` does not manage as well: what they gave up, none would lose. */
export function earlierManagers({ metadata }: AnyObject, manager: string | undefined): string[] {
  const applied = (metadata?.managedFields ?? []).filter(({ operation }) => operation === "Apply");
  const own = applied.find((entry) => entry.manager === manager);
  return applied
    .filter((entry) => entry !== own && /^pulumi-kubernetes-[0-9a-f]+$/.test(entry.manager ?? ""))
    .filter((entry) => own && isWithin(entry.fieldsV1, own.fieldsV1))
    .flatMap((entry) => entry.manager ?? []);
}

type Fields = ManagedFields["fieldsV1"];

function isWithin(fields: Fields = {}, others: Fields = {}): boolean {
  return Object.entries(fields).every(
    ([name, inner]) => name in others && isWithin(inner as Fields, others[name] as Fields),
  );
}
