import { sessionFinalizer } from "../resources/labels.ts";
import type { KubeObject } from "../../kube/object.ts";
import { secretNameOf } from "../resources/credentials.ts";
import { desktopName } from "../resources/names.ts";
import { endsHome } from "./home-end.ts";
import { keyBeside, sessionKey } from "../resources/keys.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch, Write } from "./write.ts";

// When the home cannot be deleted for so long, it is left to its administrator: a session must always come to its end.
const deadlineMs = 5 * 60_000;

// What was asked for comes through the watch, unless somebody took labels away.
const lookAgainMs = 1_000;

/**
 * The end of a deleted session. Its desktop and the way to it go at once, whoever's finalizers or `--cascade=orphan` keep the
 * session or would keep what it owns; then its home, when that was asked for and nobody else of the user's sessions wants it.
 */
export function planEnd(view: SessionView, now: Date): { batches: readonly Batch[]; recheckMs?: number } {
  const { session } = view;
  const isOurs = session.metadata.finalizers?.includes(sessionFinalizer) === true;
  const release = isOurs ? [finalizerRelease(view)] : [];
  const closing = closeDesktop(view);
  // Side by side, the refusal of one does not keep the other.
  if (isLate(view, now)) return { batches: batchesOf([...closing, ...homeRemoval(view), ...release]) };
  if (closing.length > 0) return { batches: [closing], recheckMs: lookAgainMs };
  if (!isOurs) return { batches: [] };
  if (!isHomeAsked(view)) return { batches: [release] };
  if (!view.homeAtEnd) return { batches: [], recheckMs: lookAgainMs };
  const removal = homeRemoval(view);
  return removal.length > 0 ? { batches: [removal], recheckMs: lookAgainMs } : { batches: [release] };
}

/** Whether the home's end has to be decided by what the API server has of it. */
export function decidesHome(view: SessionView): boolean {
  const { deletionTimestamp, finalizers } = view.session.metadata;
  const isOurs = finalizers?.includes(sessionFinalizer) === true;
  return deletionTimestamp !== undefined && isOurs && isHomeAsked(view) && closeDesktop(view).length === 0;
}

/** Whether the session's end must wait for its home no longer. */
export function isLate({ session: { metadata } }: Pick<SessionView, "session">, now: Date): boolean {
  return now.getTime() - Date.parse(metadata.deletionTimestamp ?? "") > deadlineMs;
}

function isHomeAsked({ session, homeIsShared }: SessionView): boolean {
  return endsHome(session) && !homeIsShared;
}

/** As it was judged: who changed it since may want it. It stays until no pod uses it: Kubernetes holds it itself. */
function homeRemoval(view: SessionView): Write[] {
  const { claim, isShared } = view.homeAtEnd ?? {};
  if (!isHomeAsked(view) || isShared || claim?.metadata?.deletionTimestamp !== undefined) return [];
  const { name, uid, resourceVersion } = claim?.metadata ?? {};
  if (name === undefined || uid === undefined || resourceVersion === undefined) return [];
  return [{ do: "delete", key: keyBeside(view.session, "v1", "PersistentVolumeClaim", name), uid, resourceVersion }];
}

/** Pod, credentials and the way; what guards the pod when that has ended. */
function closeDesktop({ session, pod, service, route, networkPolicy }: SessionView): Batch {
  const remove = (object: KubeObject | undefined, apiVersion: string, kind: string): Write[] => {
    const { name, uid, deletionTimestamp } = object?.metadata ?? {};
    if (name === undefined || deletionTimestamp !== undefined) return [];
    return [{ do: "delete", key: keyBeside(session, apiVersion, kind, name), ...(uid !== undefined && { uid }) }];
  };
  const gone = [
    ...remove(pod, "v1", "Pod"),
    ...remove(route, "traefik.io/v1alpha1", "IngressRoute"),
    ...remove(service, "v1", "Service"),
    ...(pod ? [] : remove(networkPolicy, "networking.k8s.io/v1", "NetworkPolicy")),
  ];
  if (gone.length === 0) return [];
  const secret = pod ? secretNameOf(session, pod) : desktopName(session);
  return [...gone, { do: "delete", key: keyBeside(session, "v1", "Secret", secret) }];
}

function finalizerRelease({ session }: SessionView): Write {
  const { finalizers = [], resourceVersion = "" } = session.metadata;
  const key = sessionKey(session);
  const others = finalizers.filter((it) => it !== sessionFinalizer);
  return { do: "merge", object: { ...key, metadata: { ...key.metadata, resourceVersion, finalizers: others } } };
}

function batchesOf(batch: Batch): Batch[] {
  return batch.length > 0 ? [batch] : [];
}
