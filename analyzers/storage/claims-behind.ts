import type { PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { podRef } from "../containers/pod-facts.ts";
import { refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { isReady } from "../readiness.ts";
import { podsOf } from "../workloads/workload.ts";
import type { Workload } from "../workloads/workload.ts";
import { helperPods } from "./helper-pods.ts";
import { provisionerOf } from "./provisioners.ts";
import { claimNames, classOf } from "./volumes.ts";

/** Claims that a pod uses, and what makes the volumes of those that have none: no object refers to a provisioner. */
export function claimsBehind(cluster: Cluster, pod: Pod): Dependency[] {
  const { namespace = "" } = pod.metadata;
  return claimNames(pod).flatMap((name) => {
    const object = { kind: "PersistentVolumeClaim", namespace, name };
    const claim = cluster.find(object) as PersistentVolumeClaim | undefined;
    const because = `${refText(podRef(pod))} uses claim ${namespace}/${name}`;
    const isBound = claim?.status?.phase === "Bound";
    return [
      { object, because },
      ...(claim && !isBound ? [...helperPods(cluster, claim), ...provisionersOf(cluster, claim)] : []),
    ];
  });
}

function provisionersOf(cluster: Cluster, claim: PersistentVolumeClaim): Dependency[] {
  const workload = provisionerOf(cluster, classOf(cluster, claim))?.workload;
  if (!workload) return [];
  const found = cluster.find(workload);
  const pods = found ? podsOf(cluster, { ...found, kind: workload.kind } as Workload) : [];
  const because = `${refText(workload)} makes the volume of claim ${claim.metadata.name}`;
  return [...pods.filter((it) => !isReady(it)).map(podRef), workload].map((object) => ({ object, because }));
}
