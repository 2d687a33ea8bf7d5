import { homeName } from "../resources/names.ts";
import { keyBeside, sessionKey } from "../resources/keys.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch, Write } from "./write.ts";

export const sessionFinalizer = "vdi.kasm.io/session-cleanup";

// When the home cannot be deleted for so long, it is left to its administrator: a session must always come to its end.
const deadlineMs = 5 * 60_000;

/** The end of a deleted session: its home goes when that was asked for, and nobody else of the user's sessions has one. */
export function planEnd(view: SessionView, now: Date): { batches: readonly Batch[] } {
  const { session, home } = view;
  const { finalizers = [], deletionTimestamp = "", resourceVersion = "" } = session.metadata;
  if (!finalizers.includes(sessionFinalizer)) return { batches: [] };

  const { user, persistence } = session.spec;
  const takesHome =
    persistence.enabled &&
    persistence.reclaim === "Delete" &&
    !view.homeIsShared &&
    home?.metadata.deletionTimestamp === undefined;
  const uid = home?.metadata.uid;
  const key = sessionKey(session);
  const others = finalizers.filter((it) => it !== sessionFinalizer);
  const release: Write = {
    do: "merge",
    object: { ...key, metadata: { ...key.metadata, resourceVersion, finalizers: others } },
  };
  if (!takesHome) return { batches: [[release]] };
  // Also one that is not seen, since somebody took its labels away. It stays until no pod uses it: Kubernetes holds it itself.
  const removal: Write = {
    do: "delete",
    key: keyBeside(session, "v1", "PersistentVolumeClaim", homeName(user)),
    ...(uid !== undefined && { uid }),
  };
  const isLate = now.getTime() - Date.parse(deletionTimestamp) > deadlineMs;
  // Side by side, the refusal of one does not keep the other.
  return { batches: isLate ? [[removal, release]] : [[removal], [release]] };
}
