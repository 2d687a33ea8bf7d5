import type { SessionView } from "../view/session-view.ts";

/**
 * What may be told of a container's termination message. A status is read by all who may list sessions, so only the words of a
 * desktop that nobody can have used yet are told, which are its image's: later ones may name files, addresses and people.
 */
export function publicWords(view: SessionView, words: string | undefined): string | undefined {
  return wasUsed(view) ? undefined : words;
}

/** Whether the pod has been reachable to whoever was let in. */
export function wasUsed({ session, pod }: SessionView): boolean {
  const readyMs = Date.parse(session.status?.readyTime ?? "");
  return readyMs >= Date.parse(pod?.metadata.creationTimestamp ?? "");
}
