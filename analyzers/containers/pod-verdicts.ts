import { graceSeconds } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import { containerVerdict, initVerdict, unreadyVerdict } from "./containers.ts";
import type { ContainerCode } from "./containers.ts";
import type { Cluster } from "../cluster.ts";
import { pullVerdict } from "../images/images.ts";
import { volumeVerdict } from "../storage/permissions.ts";
import type { VolumeCode } from "../storage/permissions.ts";
import { factsOf, livePods, podRef, stateEvidence } from "./pod-facts.ts";
import type { OpenContainer } from "./pod-facts.ts";
import { setupVerdicts } from "./pod-setup.ts";
import { nodeVerdict } from "./pod-ends.ts";
import { mountedVolumes } from "../storage/volumes.ts";
import type { Evidence } from "../finding.ts";
import { endOf } from "./containers.ts";
import type { Verdict } from "../verdict.ts";

/** What keeps one pod from running, on its node. */
export interface PodVerdict {
  readonly pod: Pod;
  readonly container: OpenContainer | undefined;
  readonly verdict: Verdict<ContainerCode | VolumeCode>;
  readonly evidence: readonly Evidence[];
}

const known = new WeakMap<Cluster, readonly PodVerdict[]>();

/** Why pods that have a node do not run, other than for their images. Made once for all analyzers that ask. */
export function podVerdicts(cluster: Cluster): readonly PodVerdict[] {
  const made = known.get(cluster) ?? livePods(cluster).flatMap((pod) => verdictsOf(cluster, pod));
  known.set(cluster, made);
  return made;
}

function verdictsOf(cluster: Cluster, pod: Pod): PodVerdict[] {
  if (pod.spec?.nodeName === undefined) return [];
  const lost = nodeVerdict(pod, cluster.nodes, `Pod ${pod.metadata.name}`);
  if (lost) return isOfDaemonSet(pod) ? [] : [{ pod, container: undefined, verdict: lost, evidence: [] }];
  const [setup] = cluster.isOlderThan(pod.metadata.creationTimestamp, graceSeconds)
    ? setupVerdicts(pod, cluster.eventsOf({ ...pod, kind: "Pod" }))
    : [];
  if (setup) return [{ pod, container: undefined, verdict: setup, evidence: setupEvidence(cluster, pod) }];
  return factsOf(cluster, pod).flatMap((container) => {
    if (pullVerdict(container.status, [], "")) return [];
    const verdict = verdictOf(cluster, pod, container);
    return verdict ? [{ pod, container, verdict, evidence: evidenceOf(pod, container) }] : [];
  });
}

function verdictOf(
  cluster: Cluster,
  pod: Pod,
  container: OpenContainer,
): Verdict<ContainerCode | VolumeCode> | undefined {
  const words = endOf(container.status)?.message ?? "";
  for (const volume of words === "" ? [] : mountedVolumes(cluster, pod, container.spec)) {
    const found = volumeVerdict(words, volume);
    if (found) return found;
  }
  const found = containerVerdict(container);
  if (found) return found;
  const isLong = cluster.isOlderThan(container.status.state?.running?.startedAt, graceSeconds);
  if (container.isInit && container.step !== "") return isLong ? initVerdict(container, container.step) : undefined;
  return isLong || failsLong(cluster, container) ? unreadyVerdict(container) : undefined;
}

/** Whether a probe still failed so long after the start that this is no start any more. */
function failsLong(cluster: Cluster, { status, events }: OpenContainer): boolean {
  const startedAt = status.state?.running?.startedAt;
  if (startedAt === undefined || !cluster.isOlderThan(startedAt, failingSeconds)) return false;
  return events.some(
    ({ reason, time }) => reason === "Unhealthy" && time - Date.parse(startedAt) >= failingSeconds * 800,
  );
}

/** The operator takes a stream for silent after so long as well (operator/status/reachability.ts). */
const failingSeconds = 30;

/** A DaemonSet has a pod on every node, which is no fault of its own. */
function isOfDaemonSet({ metadata }: Pod): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === "DaemonSet") === true;
}

function setupEvidence(cluster: Cluster, pod: Pod): Evidence[] {
  return cluster
    .eventsOf({ ...pod, kind: "Pod" })
    .filter(({ reason }) => /^Failed(Mount|AttachVolume|MapVolume|CreatePodSandBox)$/.test(reason))
    .slice(-1)
    .map(({ reason, message }) => ({ object: podRef(pod), field: `event ${reason}`, value: quoted(message) }));
}

function evidenceOf(pod: Pod, container: OpenContainer): Evidence[] {
  const telling = container.events.filter(({ reason }) => reason === "Unhealthy" || reason === "Killing").slice(-1);
  return [
    stateEvidence(pod, container),
    ...telling.map(({ reason, message }) => ({
      object: podRef(pod),
      field: `event ${reason}`,
      value: quoted(message),
    })),
  ];
}
