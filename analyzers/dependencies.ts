import { isReady } from "./readiness.ts";
import { podRef } from "./containers/pod-facts.ts";
import type { Pod } from "../kube/kinds.ts";
import { refText } from "./finding.ts";
import type { Dependency, ObjectRef } from "./finding.ts";
import type { Cluster } from "./cluster.ts";
import { claimsBehind } from "./storage/claims-behind.ts";
import { ownerOf } from "./workloads/owners.ts";

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
    ...claimsBehind(cluster, pod),
    ...(nodeName === undefined
      ? []
      : [{ object: { kind: "Node", name: nodeName }, because: `${name} is on Node ${nodeName}` }]),
  ];
}
