import { claimNames } from "../../analyzers/storage/volumes.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { labels } from "../resources/labels.ts";
import { homeName, sessionId } from "../resources/names.ts";
import { isOver } from "./pod-end.ts";
import { ownerOf } from "./pod-owner.ts";

type Known = Pick<Caches, "pods" | "sessions">;

/** A pod that has a session's home mounted, and that no session of its user controls. */
export function homeRemains(session: VDISession, caches: Known): Pod | undefined {
  return homePods(session, caches).find((pod) => isOfNone(pod, session, caches));
}

/**
 * The pod that a session's own pod has the home from, which goes on: no two pods with the home's name can be (podName), so
 * one of another name was made by an earlier release, or by hand. Both write to one home, and one of them has to end.
 */
export function homeRival(session: VDISession, pod: Pod | undefined, caches: Known): Pod | undefined {
  const home = homeName(session.spec.user);
  if (!pod || !claimNames(pod).includes(home)) return undefined;
  const staying = homePods(session, caches).filter((it) => !isOver(it) && it.metadata.deletionTimestamp === undefined);
  const [keeper] = staying.sort((a, b) => (goesBefore(a, b, { home, caches }) ? -1 : 1));
  return keeper && keeper.metadata.uid !== pod.metadata.uid ? keeper : undefined;
}

/** Whether another session's desktop goes on with the home: what that session's spec says is for its next desktop. */
export function isHomeMounted(session: VDISession, caches: Known): boolean {
  return homePods(session, caches).some((pod) => {
    const owner = ownerOf(pod, caches);
    const stays = [pod, owner].every((it) => it !== undefined && it.metadata.deletionTimestamp === undefined);
    return stays && owner?.metadata.uid !== session.metadata.uid;
  });
}

/** Whose the home is: the pod that has its name, one that a session has, and the one that was there first. */
function goesBefore(a: Pod, b: Pod, { home, caches }: { home: string; caches: Known }): boolean {
  const rank = (pod: Pod) => [
    pod.metadata.name === home ? 0 : 1,
    ownerOf(pod, caches) ? 0 : 1,
    pod.metadata.creationTimestamp ?? "",
    pod.metadata.uid ?? "",
  ];
  const [left, right] = [rank(a), rank(b)];
  for (const [index, mine] of left.entries()) if (mine !== right[index]) return mine < (right[index] ?? "");
  return false;
}

function homePods(session: VDISession, { pods }: Known): Pod[] {
  return pods.store.by("home", homeName(session.spec.user));
}

/** A pod goes on for a while when its session is deleted. While the session is there, it holds the home (StartLines). */
function isOfNone(pod: Pod, session: VDISession, caches: Known): boolean {
  // Its own, whose owner somebody took away, a session takes back.
  if (pod.metadata.labels?.[labels.session] === sessionId(session)) return false;
  return ownerOf(pod, caches)?.spec.user !== session.spec.user;
}
