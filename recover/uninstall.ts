import type { AnyObject, ClusterClient, ObjectKey } from "../kube/client.ts";
import { waitForObject } from "../kube/wait-for.ts";
import type { ReleaseName } from "./findings.ts";

/**
 * Deletes objects of a release, last first, and when they are gone Helm's records of it. What Helm says belongs to another
 * release, or is to be kept, stays.
 *
 * @throws WaitTimeoutError naming an object that stays; the records stay as well, so that this can be repeated
 */
export async function uninstall(
  client: ClusterClient,
  release: ReleaseName,
  objects: readonly ObjectKey[],
): Promise<void> {
  const deleted: ObjectKey[] = [];
  for (const key of objects.toReversed()) {
    const live = await client.get(key);
    if (!live || !isHelmsToDelete(live, release)) continue;
    await (key.kind === "StatefulSet" ? deleteStatefulSet(client, key, live) : client.delete(key));
    deleted.push(key);
  }
  for (const key of deleted) await waitForObject(client, key, (object) => object === undefined, { timeoutMs: 120_000 });
  const records = { namespace: release.namespace, labelSelector: `owner=helm,name=${release.name}` };
  for (const { metadata } of await client.list("v1", "Secret", records))
    await client.delete({ apiVersion: "v1", kind: "Secret", metadata: { ...release, name: metadata?.name ?? "" } });
}

/** Without its claims, which go with it where its `persistentVolumeClaimRetentionPolicy` says so: they are made its orphans. */
async function deleteStatefulSet(client: ClusterClient, key: ObjectKey, { metadata }: AnyObject): Promise<void> {
  const pods = await client.list("v1", "Pod", { namespace: key.metadata.namespace ?? "" });
  await client.delete(key, "Orphan");
  for (const pod of pods.filter((pod) => pod.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid)))
    await client.delete({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...key.metadata, name: pod.metadata?.name ?? "" },
    });
}

function isHelmsToDelete({ metadata }: AnyObject, { namespace, name }: ReleaseName): boolean {
  const annotations = metadata?.annotations ?? {};
  return (
    annotations["meta.helm.sh/release-name"] === name &&
    annotations["meta.helm.sh/release-namespace"] === namespace &&
    annotations["helm.sh/resource-policy"] !== "keep"
  );
}
