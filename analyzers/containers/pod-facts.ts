import type { Container, ContainerStatus, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import type { ContainerFacts } from "./containers.ts";
import { endOf, openContainers } from "./containers.ts";
import { refOf } from "../finding.ts";
import type { Evidence, ObjectRef } from "../finding.ts";
import { logsCommand } from "./logs.ts";
import { imageSetting, moreTimeFor } from "../workloads/owners.ts";
import type { Said } from "../verdict.ts";

/** Lists do not always repeat the kind of their items. */
export function podRef(pod: Pod): ObjectRef {
  return refOf({ ...pod, kind: "Pod" });
}

export function eventsOfPod(cluster: Cluster, pod: Pod): readonly Said[] {
  return cluster.eventsOf({ ...pod, kind: "Pod" });
}

/** Pods that ought to run: those that end, or have ended, are judged by others. */
export function livePods(cluster: Cluster): Pod[] {
  return cluster.pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status?.phase !== "Succeeded" && status?.phase !== "Failed",
  );
}

export interface OpenContainer extends ContainerFacts {
  readonly isInit: boolean;
  /** `2 of 5` of an init container. */
  readonly step: string;
}

/** The containers that keep a pod from being ready, with all that is known of them. */
export function factsOf(cluster: Cluster, pod: Pod): OpenContainer[] {
  const events = eventsOfPod(cluster, pod);
  const where = imageSetting(cluster, pod);
  const template = pod.metadata.annotations?.["vdi.kasm.io/template-name"];
  return openContainers(pod).map(({ status, isInit, step }) => {
    const spec = specOf(pod, status.name, isInit);
    const memoryLimit = spec?.resources?.limits?.["memory"];
    const role = {
      text: `${isInit ? "Init container" : "Container"} ${status.name}`,
      where,
      node: pod.spec?.nodeName,
      ...(template !== undefined && { moreTime: moreTimeFor(template) }),
    };
    const told = withWords(cluster, pod, status);
    return {
      status: told,
      ...{ role, events, isInit, step, logs: logsCommand(pod, status.name) },
      isLog: endOf(status)?.message !== endOf(told)?.message,
      ...(spec && { spec }),
      ...(memoryLimit !== undefined && { memoryLimit }),
    };
  });
}

/** How the container stands, as it was read. */
export function stateEvidence(pod: Pod, { status }: Pick<OpenContainer, "status">): Evidence {
  const { state, lastState, restartCount, name } = status;
  const end = endOf({ state, lastState, restartCount });
  const waiting = state?.waiting;
  const parts = [
    ...(waiting?.reason === undefined ? [] : [waiting.reason]),
    ...(state?.running ? [`running since ${state.running.startedAt ?? "an unknown time"}, not ready`] : []),
    ...(end ? [`${end.reason ?? "ended"}, exit code ${end.exitCode}`] : []),
    ...(restartCount > 0 ? [`restarts ${restartCount}`] : []),
  ];
  return { object: podRef(pod), field: `container ${name}`, value: parts.join("; ") };
}

function specOf({ spec }: Pod, name: string, isInit: boolean): Container | undefined {
  return (isInit ? spec?.initContainers : spec?.containers)?.find((it) => it.name === name);
}

/** Most containers leave no message when they end: their log says why. */
function withWords(cluster: Cluster, pod: Pod, status: ContainerStatus): ContainerStatus {
  const { state, lastState, name } = status;
  const present = state?.terminated;
  const before = lastState?.terminated;
  // What is called the previous log is that of the run before the present one, which has ended as well.
  const log = (previous: boolean) => cluster.log(pod, name, previous);
  return {
    ...status,
    ...(present && { state: { terminated: { ...withMessage(present, log(false) ?? log(true)) } } }),
    ...(before && {
      lastState: { terminated: withMessage(before, log(true) ?? (state?.waiting ? log(false) : undefined)) },
    }),
  };
}

type Ended = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

function withMessage(end: Ended, log: string | undefined): Ended {
  return end.message !== undefined || log === undefined ? end : { ...end, message: log };
}
