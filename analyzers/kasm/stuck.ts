import { podRef } from "../containers/pod-facts.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import { isProgressing } from "../containers/pod-progress.ts";
import { standingOf } from "../waits/standing.ts";
import type { Standing } from "../waits/standing.ts";
import { serviceOf } from "../waits/target.ts";
import { waitOf } from "../waits/wait.ts";
import type { Wait } from "../waits/wait.ts";
import { schemaStanding } from "./schema.ts";

/** How it stands with what a wait is for. */
export function standing(cluster: Cluster, { pod, awaited }: Wait): Standing {
  const service = serviceOf(cluster, awaited.host, pod.metadata.namespace ?? "");
  if (!service)
    return { is: "unknown", text: `${awaited.host} is outside of the cluster`, behind: [], findings: [], pods: [] };
  const found = standingOf(cluster, service, awaited.kind === "name" ? undefined : awaited.port);
  return awaited.kind === "schema" && found.is !== "missing" ? schemaStanding(cluster, found, pod, service) : found;
}

/** Slow is not stuck: as long as what it waits for is on its way, and nothing of it has failed, a wait is as it should be. */
export function isStuck(cluster: Cluster, wait: Wait, seen: ReadonlySet<string> = new Set()): boolean {
  const key = refText(podRef(wait.pod));
  // A circle never ends.
  if (seen.has(key)) return true;
  const { is, pods, since } = standing(cluster, wait);
  if (since !== undefined && !cluster.isOlderThan(since, graceSeconds)) return false;
  const isDown = is === "not ready" && pods.some((it) => !isOnItsWay(cluster, it, new Set([...seen, key])));
  // What has failed already does not come, however short the wait has been.
  if (isDown) return cluster.isOlderThan(wait.pod.metadata.creationTimestamp, graceSeconds);
  const isComing = is === "not ready" && pods.length > 0;
  return !isComing && cluster.isOlderThan(wait.since, graceSeconds);
}

/** db-init tries up to twelve times to fill the database, and takes a minute or two where it can. */
const workSeconds = 300;

/** Whether a pod that is not ready will be, as far as can be told: also when it waits for another that will be. */
export function isOnItsWay(cluster: Cluster, pod: Pod, seen: ReadonlySet<string> = new Set()): boolean {
  // A Job's pod is ready as long as it works.
  if (isReady(pod)) return !cluster.isOlderThan(pod.metadata.creationTimestamp, workSeconds);
  const wait = waitOf(pod);
  return isProgressing(cluster, pod, () => wait !== undefined && !isStuck(cluster, wait, seen));
}
