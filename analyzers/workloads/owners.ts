import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { ObjectRef } from "../finding.ts";

/** What made the pod, up to what people edit: a Deployment rather than its ReplicaSet. */
export function ownerOf(cluster: Cluster, pod: Pod): ObjectRef | undefined {
  const { namespace, ownerReferences = [] } = pod.metadata;
  const scope = namespace === undefined ? {} : { namespace };
  const [owner] = ownerReferences;
  if (!owner) return undefined;
  if (owner.kind !== "ReplicaSet") return { kind: owner.kind, ...scope, name: owner.name };
  const [deployment] = cluster.get("ReplicaSet", owner.name, namespace)?.metadata?.ownerReferences ?? [];
  // Without the ReplicaSet at hand, its name tells: the Deployment's, and a hash.
  const name = deployment?.name ?? owner.name.slice(0, Math.max(owner.name.lastIndexOf("-"), 0));
  return { kind: "Deployment", ...scope, name };
}

/** How the start of a desktop gets more time: its startup probe follows the template's deadline. */
export function moreTimeFor(template: string): string {
  return `raise spec.progressDeadline of VDITemplate ${template}, which the startup probe follows, then suspend and resume the session`;
}

/** Where a pod's image is set, as people look for it. */
export function imageSetting(cluster: Cluster, pod: Pod): string {
  const template = pod.metadata.annotations?.["vdi.kasm.io/template-name"];
  if (template !== undefined) return `spec.image of VDITemplate ${template}`;
  const owner = ownerOf(cluster, pod);
  return `the image of ${owner ? refText(owner) : refText({ kind: "Pod", ...pod.metadata })}`;
}
