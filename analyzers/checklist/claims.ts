import { counted } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import type { PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import { checkedItem, notSeen } from "./item.ts";
import type { ChecklistItem } from "./item.ts";

const title = "Volume claims bound";

/** A claim of a class that waits for its first consumer, and has none, is as it should be while it is Pending. */
export function claimsBound(cluster: Cluster, namespace: string): ChecklistItem {
  const why = cluster.unseen("PersistentVolumeClaim");
  if (why !== undefined) return notSeen(title, `could not read claims: ${why}`);
  const claims = cluster.claims.filter(({ metadata }) => metadata.namespace === namespace);
  if (claims.length === 0) return { title, result: "skip", detail: "there are none", problems: [] };
  const pods = cluster.pods.filter(({ metadata }) => metadata.namespace === namespace);
  const problems = claims.flatMap((claim) => {
    const { phase = "Pending" } = claim.status ?? {};
    if (phase === "Bound" || (phase === "Pending" && waitsForConsumer(cluster, claim, pods))) return [];
    const className = claim.spec?.storageClassName;
    const from = className === undefined ? "no StorageClass" : `StorageClass ${className}`;
    return [`PersistentVolumeClaim ${namespace}/${claim.metadata.name} of ${from} is ${phase}.`];
  });
  return checkedItem(title, counted(claims.length, "claim"), problems);
}

function waitsForConsumer(cluster: Cluster, { metadata, spec }: PersistentVolumeClaim, pods: readonly Pod[]): boolean {
  const storageClass = cluster.get("StorageClass", spec?.storageClassName ?? "");
  if (storageClass?.["volumeBindingMode"] !== "WaitForFirstConsumer") return false;
  return !pods.some((pod) =>
    pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name),
  );
}
