import { counted } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { podProblem } from "../pods.ts";
import { judged, notSeen } from "./item.ts";
import type { ChecklistItem } from "./item.ts";

const title = "All pods running";
/** A pod is given so long to start before it counts as one that does not. */
const graceSeconds = 60;

/**
 * Ready rather than Running: a pod can run for hours without being of use. Jobs that are done, pods that are going and those that
 * have just been made are as they should be; no pods at all are not.
 */
export function podsRunning(cluster: Cluster, namespace: string): ChecklistItem {
  const why = cluster.unseen("Pod");
  if (why !== undefined) return notSeen(title, `could not read pods: ${why}`);
  const pods = cluster.all("Pod").filter(({ metadata }) => metadata?.namespace === namespace);
  const looked = pods.filter(
    ({ metadata }) =>
      metadata?.deletionTimestamp === undefined && cluster.isOlderThan(metadata?.creationTimestamp, graceSeconds),
  );
  const events = cluster.all("Event").filter(({ metadata }) => metadata?.namespace === namespace);
  const problems = looked.flatMap((pod) => {
    const found = podProblem(pod, events);
    return found ? [`Pod ${namespace}/${pod.metadata?.name ?? ""} ${found.text}.`] : [];
  });
  if (pods.length === 0) return judged(title, "0 pods", [`Namespace ${namespace} has no pods: Kasm is not installed there.`]);
  return judged(title, counted(looked.length, "pod"), problems);
}
