import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { annotations } from "../resources/labels.ts";
import { desktopName, homeName, sessionId, userHash } from "../resources/names.ts";
import { templateFault } from "../resources/template-faults.ts";
import type { Settings } from "../settings.ts";
import { isHomeShared } from "./home-end.ts";
import { homeRemains, homeRival, isHomeMounted } from "./home-pods.ts";
import { keyBeside } from "../resources/keys.ts";
import { podOf, podsOf } from "./pod-owner.ts";
import type { StartLines } from "./start-lines.ts";
import { mayUse, templateProblem } from "./template-problem.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch } from "./write.ts";

/** What is not in the caches. */
export interface Seen extends Pick<
  SessionView,
  "events" | "isAdmitted" | "refusals" | "stream" | "routeAnswer" | "activity" | "homeAtEnd" | "timeDoubt"
> {
  /** Who waits for whom. */
  readonly lines: Pick<StartLines, "homeHolder" | "oneTooMany">;
}

/** Puts together what the caches know about a session. */
export function gather(session: VDISession, caches: Caches, settings: Settings, { lines, ...seen }: Seen): SessionView {
  const { namespace } = settings;
  const template = caches.templates.store.get(session.spec.template);
  const pod = podOf(session, caches) ?? leftPod(session, caches);
  const child = `${namespace}/${desktopName(session)}`;
  return {
    ...seen,
    session,
    template,
    templateProblem: template && templateProblem(session, template, settings),
    pod,
    home: session.spec.persistence.enabled
      ? caches.claims.store.get(`${namespace}/${homeName(session.spec.user)}`)
      : undefined,
    service: caches.services.store.get(child),
    route: caches.routes.store.get(child),
    networkPolicy: caches.networkPolicies.store.get(child),
    homeHolder: lines.homeHolder(session),
    oneTooMany: lines.oneTooMany(session),
    homeRemains: homeRemains(session, caches),
    homeRival: homeRival(session, pod, caches),
    // Asked at the end alone: a user's sessions may be many.
    homeIsShared:
      session.metadata.deletionTimestamp !== undefined &&
      (isHomeWanted(session, caches) || isHomeMounted(session, caches)),
    usableTemplates: () =>
      [...caches.templates.store.values()].filter(
        (it) => mayUse(session, it) && templateFault(it, settings) === undefined,
      ),
    nodes: [...caches.nodes.store.values()],
    slicesInUse: (node, resourceName) =>
      caches.pods.store.by("node", node).filter((pod) => takesSlice(pod, resourceName)).length,
  };
}

/** One that has no owner any more, of a session that ends: `--cascade=orphan` takes owners away. */
function leftPod(session: VDISession, { pods }: Pick<Caches, "pods">): Pod | undefined {
  if (session.metadata.deletionTimestamp === undefined) return undefined;
  return pods.store.by("whose", `session ${sessionId(session)}`)[0];
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

function isHomeWanted(session: VDISession, { sessions }: Pick<Caches, "sessions">): boolean {
  const keys = sessions.store.keysBy("user", userHash(session.spec.user));
  return isHomeShared(
    session,
    [...keys].flatMap((key) => sessions.store.get(key) ?? []),
  );
}

function takesSlice({ metadata, status }: Pod, resourceName: string): boolean {
  return (
    metadata.annotations?.[annotations.gpuResource] === resourceName &&
    status?.phase !== "Failed" &&
    status?.phase !== "Succeeded"
  );
}
