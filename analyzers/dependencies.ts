import { isReady } from "./readiness.ts";
import { podRef } from "./containers/pod-facts.ts";
import type { Pod } from "../kube/kinds.ts";
import { refOf, refText } from "./finding.ts";
import type { Dependency, ObjectRef } from "./finding.ts";
import type { Cluster } from "./cluster.ts";
import { ownerOf } from "./workloads/owners.ts";
import { podsOf, workloads } from "./workloads/workload.ts";

/** Of many pods that fail alike, the first tell enough. */
const mostPods = 5;

/**
 * What pods that are not ready stand on, the nearest first: themselves, what makes them, their claims with the provisioner,
 * and their node. Only what has a finding of its own explains anything.
 */
export function behindPods(cluster: Cluster, pods: readonly Pod[]): Dependency[] {
  return pods
    .filter((it) => !isReady(it))
    .slice(0, mostPods)
    .flatMap((pod) => behindPod(cluster, pod));
}

/** CoreDNS and its Service, for what finds others by their names. */
export function clusterDns(who: string): Dependency[] {
  return [
    { kind: "Deployment", namespace: "kube-system", name: "coredns" },
    { kind: "Service", namespace: "kube-system", name: "kube-dns" },
  ].map((object) => ({ object, because: `${who} resolves names through ${refText(object)}` }));
}

function behindPod(cluster: Cluster, pod: Pod): Dependency[] {
  const object: ObjectRef = podRef(pod);
  const name = refText(object);
  const owner = ownerOf(cluster, pod);
  const { nodeName } = pod.spec ?? {};
  return [
    { object, because: `${name} is not ready` },
    ...(owner ? [{ object: owner, because: `${refText(owner)} makes ${name}` }] : []),
    ...claimsOf(pod).flatMap((claim) => behindClaim(cluster, claim, name)),
    ...(nodeName === undefined
      ? []
      : [{ object: { kind: "Node", name: nodeName }, because: `${name} is on Node ${nodeName}` }]),
  ];
}

function claimsOf({ metadata, spec }: Pod): ObjectRef[] {
  const { namespace = "" } = metadata;
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [{ kind: "PersistentVolumeClaim", namespace, name: persistentVolumeClaim.claimName }] : [],
  );
}

function behindClaim(cluster: Cluster, object: ObjectRef, pod: string): Dependency[] {
  const claim = cluster.claims.find(
    ({ metadata }) => metadata.name === object.name && metadata.namespace === object.namespace,
  );
  const isBound = claim?.status?.phase === "Bound";
  return [
    { object, because: `${pod} mounts ${refText(object)}` },
    ...(claim && !isBound ? provisioners(cluster, claim.spec?.storageClassName, refText(object)) : []),
  ];
}

/** K3s's provisioner is a Deployment of its own, which no object refers to. */
function provisioners(cluster: Cluster, className: string | undefined, claim: string): Dependency[] {
  const storageClass = className === undefined ? undefined : cluster.get("StorageClass", className);
  if (storageClass?.["provisioner"] !== "rancher.io/local-path") return [];
  return workloads(cluster, ["Deployment"])
    .filter(({ spec }) => spec?.selector?.matchLabels?.["app"] === "local-path-provisioner")
    .flatMap((it) => {
      const because = `${refText(refOf(it))} provisions ${claim}`;
      const pods = podsOf(cluster, it).filter((pod) => !isReady(pod));
      return [...pods.map(podRef), refOf(it)].map((object) => ({ object, because }));
    });
}
