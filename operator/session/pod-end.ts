import type { Pod } from "../kinds.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { claimNames } from "../../analyzers/storage/volumes.ts";
import type { SessionView } from "../view/session-view.ts";

/** A pod that ended by itself never starts again: evicted, refused by the kubelet, or its node lost. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded";
}

const firstDelayMs = 2_000;
const mostDelayMs = 5 * 60_000;

/** How long to wait yet before a pod that ended is replaced: doubled each time, counted from the pod's creation. */
export function replaceDelayMs({ metadata }: Pod, restarts: number, now: Date): number {
  const delayMs = Math.min(mostDelayMs, firstDelayMs * 2 ** Math.min(restarts, 16));
  return Math.max(0, Date.parse(metadata.creationTimestamp ?? "") + delayMs - now.getTime()) || 0;
}

// After its grace period a kubelet that is there has ended a pod long since.
const kubeletMs = 30_000;

/**
 * Whether a pod that is being deleted has to be taken out of the API by force, since its node is gone for good. Never with
 * a home: were the node alive after all, two desktops would write to it. The pod says whether it has one: the session says
 * what the next is to have, and its user can change that.
 */
export function isForceable(
  { pod, nodes, timeDoubt }: Pick<SessionView, "pod" | "nodes" | "timeDoubt">,
  now: Date,
): { due: boolean; recheckMs?: number } {
  const deleted = Date.parse(pod?.metadata.deletionTimestamp ?? "");
  const node = nodes.find(({ metadata }) => metadata.name === pod?.spec?.nodeName);
  if (!pod || Number.isNaN(deleted) || claimNames(pod).length > 0 || isReady(node)) return { due: false };
  const waitMs = deleted + kubeletMs - now.getTime();
  if (waitMs > 0) return { due: false, recheckMs: waitMs };
  return timeDoubt === undefined ? { due: true } : { due: false, recheckMs: kubeletMs };
}
