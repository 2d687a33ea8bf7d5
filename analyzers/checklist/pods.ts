import { graceSeconds } from "../readiness.ts";
import { counted } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { podProblem } from "../containers/pods.ts";
import { checkedItem, notSeen } from "./item.ts";
import type { ChecklistItem } from "./item.ts";

const title = "All pods running";

/**
 * Ready rather than Running: a pod can run for hours without being of use. Jobs that are done, pods that are going and those that
 * have just been made are as they should be; no pods at all are not.
 */
export function podsRunning(cluster: Cluster, namespace: string): ChecklistItem {
  const why = cluster.unseen("Pod");
  if (why !== undefined) return notSeen(title, `could not read pods: ${why}`);
  const pods = cluster.all("Pod").filter(({ metadata }) => metadata?.namespace === namespace);
  const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const events = cluster.all("Event").filter(({ metadata }) => metadata?.namespace === namespace);
  const wrong = staying.flatMap((pod) => {
    const found = podProblem(pod, events);
    const end = found?.text.endsWith("?") ? "" : ".";
    return found ? [{ pod, text: `Pod ${namespace}/${pod.metadata?.name ?? ""} ${found.text}${end}` }] : [];
  });
  const isStarting = ({ pod }: (typeof wrong)[number]) =>
    !cluster.isOlderThan(pod.metadata?.creationTimestamp, graceSeconds);
  const detail = counted(staying.length, "pod");
  if (staying.length === 0)
    return checkedItem(title, detail, [`Namespace ${namespace} has no pods: Kasm is not installed there.`]);
  const stuck = wrong.filter((it) => !isStarting(it));
  if (stuck.length > 0 || wrong.length === 0)
    return checkedItem(
      title,
      detail,
      stuck.map(({ text }) => text),
    );
  const reason = `${counted(wrong.length, "pod")} made less than ${graceSeconds} s ago, look again`;
  return { title, result: "unknown", detail: reason, problems: wrong.map(({ text }) => text) };
}
