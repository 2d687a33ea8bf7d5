import { homeName } from "../resources/names.ts";
import { keyBeside, sessionKey } from "./keys.ts";
import type { SessionView } from "./view.ts";
import type { Batch } from "./write.ts";

export const sessionFinalizer = "vdi.kasm.io/session-cleanup";

// When the home cannot be deleted for so long, it is left to its administrator: a session must always come to its end.
const deadlineMs = 5 * 60_000;

/** The end of a deleted session: its home goes when that was asked for, and nobody else of the user's sessions has one. */
export function planEnd(view: SessionView, now: Date): { batches: readonly Batch[] } {
  const { session, home } = view;
  const { finalizers = [], deletionTimestamp = "", resourceVersion = "" } = session.metadata;
  if (!finalizers.includes(sessionFinalizer)) return { batches: [] };

  const { user, persistence } = session.spec;
  const isLate = now.getTime() - Date.parse(deletionTimestamp) > deadlineMs;
  const takesHome =
    persistence.enabled && persistence.reclaim === "Delete" && home !== undefined && !view.homeIsShared && !isLate;
  const uid = home?.metadata.uid;
  const key = sessionKey(session);
  const others = finalizers.filter((it) => it !== sessionFinalizer);
  return {
    batches: [
      // The volume stays until no pod uses it: Kubernetes holds it itself.
      ...(takesHome && home.metadata.deletionTimestamp === undefined
        ? [
            [
              {
                do: "delete" as const,
                key: keyBeside(session, "v1", "PersistentVolumeClaim", homeName(user)),
                ...(uid && { uid }),
              },
            ],
          ]
        : []),
      [{ do: "merge", object: { ...key, metadata: { ...key.metadata, resourceVersion, finalizers: others } } }],
    ],
  };
}
