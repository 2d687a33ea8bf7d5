import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Fix, ObjectRef } from "../finding.ts";

/** How a workload is changed: where an operator made it, at what the operator follows, since it takes back any other change. */
export function changeOf(cluster: Cluster, workload: ObjectRef, fix: Fix): Fix {
  const owners = cluster.find(workload)?.metadata?.ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller === true);
  if (!owner) return fix;
  const { apiVersion, kind, name } = owner;
  const isOfCluster = cluster.get(kind, name) !== undefined;
  const object = { kind, ...(!isOfCluster && { namespace: workload.namespace ?? "" }), name };
  const namespace = isOfCluster ? "" : ` --namespace ${workload.namespace ?? ""}`;
  return {
    text: `${fix.text} Change it at ${refText(object)}, whose operator takes back what is changed at the ${workload.kind} itself.`,
    command: `kubectl edit ${resourceOf(apiVersion, kind)} ${name}${namespace}`,
    risk: "manual",
  };
}

/** `clusterpolicies.nvidia.com`; the plural is formed as API machinery guesses it (meta.UnsafeGuessKindToResource). */
function resourceOf(apiVersion: string, kind: string): string {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith("s")
    ? `${singular}es`
    : singular.endsWith("y")
      ? `${singular.slice(0, -1)}ies`
      : `${singular}s`;
  const [group, version] = apiVersion.split("/");
  return version === undefined ? plural : `${plural}.${group ?? ""}`;
}
