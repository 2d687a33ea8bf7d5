import type { VDITemplate } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { annotations } from "../resources/labels.ts";
import { desktopResources, podHash } from "../resources/pod.ts";
import { isOver } from "../session/pod-end.ts";
import type { Settings } from "../settings.ts";

/** The pods of a pool by what they are good for, oldest first. */
export interface PoolPods {
  /** A session can take them. */
  readonly ready: readonly Pod[];
  readonly starting: readonly Pod[];
  /** Of those that start, the ones that the scheduler finds no node for. */
  readonly unplaced: readonly Pod[];
  /** Made from what the template was before. */
  readonly outdated: readonly Pod[];
  /** Ended by themselves. */
  readonly failed: readonly Pod[];
  /** Being deleted. */
  readonly ending: readonly Pod[];
}

/** @param hash of a pod as it would be made now; undefined when none can be made, so that none is out of date */
export function poolPods(pods: readonly Pod[], hash: string | undefined): PoolPods {
  const isEnding = ({ metadata }: Pod) => metadata.deletionTimestamp !== undefined;
  const present = pods.filter((pod) => !isEnding(pod)).sort(byAge);
  const running = present.filter((pod) => !isOver(pod));
  const isCurrent = ({ metadata }: Pod) => hash === undefined || metadata.annotations?.[annotations.podHash] === hash;
  const current = running.filter(isCurrent);
  const starting = current.filter((pod) => !isReady(pod));
  return {
    ready: current.filter(isReady),
    starting,
    unplaced: starting.filter(isUnplaced),
    outdated: running.filter((pod) => !isCurrent(pod)),
    failed: present.filter(isOver),
    ending: pods.filter(isEnding),
  };
}

/** The hash of a desktop that belongs to nobody. */
export function warmPodHash(template: VDITemplate, settings: Pick<Settings, "pullSecret">): string {
  return podHash({ template, resources: desktopResources(template), homeClaim: undefined, settings });
}

export function createdMs({ metadata }: Pod): number {
  return Date.parse(metadata.creationTimestamp ?? "");
}

function isUnplaced({ status }: Pod): boolean {
  return (
    status?.conditions?.some((it) => it.type === "PodScheduled" && it.status === "False" && it.reason === noNode) ??
    false
  );
}

const noNode = "Unschedulable";

// Times of one form compare as they stand; to read each of them would be most of a large pool's work.
function byAge({ metadata: a }: Pod, { metadata: b }: Pod): number {
  const key = ({ creationTimestamp = "", name }: Pod["metadata"]) => `${creationTimestamp} ${name}`;
  return key(a) < key(b) ? -1 : 1;
}
