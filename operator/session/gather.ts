import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { annotations } from "../resources/labels.ts";
import { desktopName, homeName, userHash } from "../resources/names.ts";
import { templateFault } from "../resources/template-faults.ts";
import type { Settings } from "../settings.ts";
import { controllerUid, keyBeside } from "../resources/keys.ts";
import type { StartLines } from "./start-lines.ts";
import { mayUse, templateProblem } from "./template-problem.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch } from "./write.ts";

/** What is not in the caches. */
export interface Seen extends Pick<
  SessionView,
  "events" | "isAdmitted" | "refusals" | "stream" | "routeAnswer" | "activity"
> {
  /** Who waits for whom. */
  readonly lines: Pick<StartLines, "homeHolder" | "oneTooMany">;
}

/** Puts together what the caches know about a session. */
export function gather(session: VDISession, caches: Caches, settings: Settings, { lines, ...seen }: Seen): SessionView {
  const { namespace } = settings;
  const template = caches.templates.store.get(session.spec.template);
  const child = `${namespace}/${desktopName(session)}`;
  return {
    ...seen,
    session,
    template,
    templateProblem: template && templateProblem(session, template, settings),
    pod: podOf(session, caches),
    home: session.spec.persistence.enabled
      ? caches.claims.store.get(`${namespace}/${homeName(session.spec.user)}`)
      : undefined,
    service: caches.services.store.get(child),
    route: caches.routes.store.get(child),
    networkPolicy: caches.networkPolicies.store.get(child),
    homeHolder: lines.homeHolder(session),
    oneTooMany: lines.oneTooMany(session),
    homeRemains: caches.pods.store
      .by("home", homeName(session.spec.user))
      .find((pod) => isOfNone(pod, session, caches)),
    // Asked at the end alone: a user's sessions may be many.
    homeIsShared: session.metadata.deletionTimestamp !== undefined && isHomeShared(session, caches),
    usableTemplates: () =>
      [...caches.templates.store.values()].filter(
        (it) => mayUse(session, it) && templateFault(it, settings) === undefined,
      ),
    nodes: [...caches.nodes.store.values()],
    slicesInUse: (node, resourceName) =>
      caches.pods.store.by("node", node).filter((pod) => takesSlice(pod, resourceName)).length,
  };
}

/** The pod that a session controls. Of several it is the one that its user was told of, or else one that is not going. */
export function podOf(session: VDISession, caches: Pick<Caches, "pods">): Pod | undefined {
  const owned = podsOf(session, caches);
  const staying = owned.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.find(({ metadata }) => metadata.name === session.status?.podName) ?? staying[0] ?? owned[0];
}

/**
 * A session has more than one pod when two leaders, one after the other, took one from a pool for it, the second before it
 * saw what the first had done: all but one go.
 */
export function removeExtraPods(session: VDISession, caches: Pick<Caches, "pods">): Batch[] {
  const kept = podOf(session, caches);
  const extra = podsOf(session, caches).filter((pod) => pod !== kept && pod.metadata.deletionTimestamp === undefined);
  if (extra.length === 0) return [];
  return [
    extra.map(({ metadata: { name, uid } }) => ({
      do: "delete",
      key: keyBeside(session, "v1", "Pod", name),
      ...(uid !== undefined && { uid }),
    })),
  ];
}

function podsOf(session: VDISession, { pods }: Pick<Caches, "pods">): Pod[] {
  const { uid = "" } = session.metadata;
  return pods.store.by("owner", uid).filter((pod) => controllerUid(pod) === uid);
}

/** A pod goes on for a while when its session is deleted, and keeps the home when that is taken from its session's spec. */
function isOfNone(pod: Pod, session: VDISession, caches: Pick<Caches, "sessions">): boolean {
  // Its own, whose owner somebody took away, a session takes back.
  if (pod.metadata.name === desktopName(session)) return false;
  const owner = ownerOf(pod, caches);
  return owner?.spec.user !== session.spec.user || !owner.spec.persistence.enabled;
}

/** The session that controls a pod, as far as it is there. */
export function ownerOf({ metadata }: Pod, { sessions }: Pick<Caches, "sessions">): VDISession | undefined {
  const owner = metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === "VDISession");
  const found = owner && sessions.store.get(`${metadata.namespace ?? ""}/${owner.name}`);
  return found?.metadata.uid === owner?.uid ? found : undefined;
}

function isHomeShared({ metadata, spec }: VDISession, { sessions }: Pick<Caches, "sessions">): boolean {
  for (const key of sessions.store.keysBy("user", userHash(spec.user))) {
    const other = sessions.store.get(key);
    if (other && other.metadata.uid !== metadata.uid && other.spec.user === spec.user && wantsHome(other)) return true;
  }
  return false;
}

/** Of two that go at the same time and both give their home away, neither keeps it for the other. */
function wantsHome({ metadata, spec: { persistence } }: VDISession): boolean {
  return persistence.enabled && (metadata.deletionTimestamp === undefined || persistence.reclaim === "Retain");
}

function takesSlice({ metadata, status }: Pod, resourceName: string): boolean {
  return (
    metadata.annotations?.[annotations.gpuResource] === resourceName &&
    status?.phase !== "Failed" &&
    status?.phase !== "Succeeded"
  );
}
