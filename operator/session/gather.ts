import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { annotations } from "../resources/labels.ts";
import { desktopName, homeName, userHash } from "../resources/names.ts";
import type { Settings } from "../settings.ts";
import { homeHolder } from "./home-holder.ts";
import { controllerUid } from "./keys.ts";
import { templateProblem } from "./template-problem.ts";
import type { SessionView } from "./view.ts";

/** What is not in the caches. */
export type Seen = Pick<SessionView, "events" | "refusals" | "stream" | "activity">;

/** Puts together what the caches know about a session. */
export function gather(session: VDISession, caches: Caches, settings: Settings, seen: Seen): SessionView {
  const { namespace } = settings;
  const template = caches.templates.store.get(session.spec.template);
  const child = `${namespace}/${desktopName(session)}`;
  const others = caches.sessions.store
    .by("user", userHash(session.spec.user))
    .filter(({ metadata, spec }) => metadata.uid !== session.metadata.uid && spec.user === session.spec.user);
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
    homeHolder: homeHolder({ session, others, hasPod: (it) => podOf(it, caches) !== undefined }),
    homeIsShared: others.some(({ spec }) => spec.persistence.enabled),
    nodes: [...caches.nodes.store.values()],
    slicesInUse: (node, resourceName) =>
      caches.pods.store.by("node", node).filter((pod) => takesSlice(pod, resourceName)).length,
  };
}

/** The pod that a session controls; the one that is not going, should there be two. */
export function podOf(session: VDISession, { pods }: Pick<Caches, "pods">): Pod | undefined {
  const owned = pods.store
    .by("owner", session.metadata.uid ?? "")
    .filter((pod) => controllerUid(pod) === session.metadata.uid);
  return owned.find(({ metadata }) => metadata.deletionTimestamp === undefined) ?? owned[0];
}

function takesSlice({ metadata, status }: Pod, resourceName: string): boolean {
  return (
    metadata.annotations?.[annotations.gpuResource] === resourceName &&
    status?.phase !== "Failed" &&
    status?.phase !== "Succeeded"
  );
}
