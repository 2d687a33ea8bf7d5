import { isDeepStrictEqual } from "node:util";
import type { AnyObject } from "../../kube/object.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { lifetime } from "../lifetime/lifetime.ts";
import { annotations, labels, sessionAnnotations, sessionLabels } from "../resources/labels.ts";
import { controllerReference } from "../resources/metadata.ts";
import { desktopResources } from "../resources/pod.ts";
import { keyBeside } from "../resources/keys.ts";
import { isRevoked } from "../session/plan-pod.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Settings } from "../settings.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { warmPodHash } from "./pool-pods.ts";

/**
 * The hash that a pool's pod must have for this session to take it; undefined when the session has a pod, wants none, or
 * has to start cold.
 */
export function warmWish(view: SessionView, settings: Pick<Settings, "pullSecret">, now: Date): string | undefined {
  const { session, template, templateProblem, pod, activity } = view;
  if (pod || !template || templateProblem || view.oneTooMany || !canBeWarm(session, template)) return undefined;
  if (session.metadata.deletionTimestamp !== undefined || session.spec.desiredState !== "Running") return undefined;
  return lifetime(session, activity, now).action ? undefined : warmPodHash(template, settings);
}

/** Whether a desktop that belongs to nobody would do: no volume can be added to a running pod, and its size is fixed. */
export function canBeWarm({ spec }: VDISession, template: VDITemplate): boolean {
  return (
    !spec.persistence.enabled &&
    isDeepStrictEqual(desktopResources(template, spec.resources), desktopResources(template))
  );
}

/** Whether a session can take a pod of a pool, as far as the cache knows. */
export function isTakeable(pod: Pod, session: VDISession, hash: string): boolean {
  const { metadata, status } = pod;
  return (
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[annotations.podHash] === hash &&
    metadata.labels?.[labels.session] === undefined &&
    status?.phase === "Running" &&
    isReady(pod) &&
    // It would be replaced at once.
    !isRevoked(session, pod)
  );
}

/**
 * The one write by which a pod becomes a session's: with the version that was judged, so that of several that want it one
 * gets it. The label of the pool stays; Secret and pod go on together.
 */
export function adoption(session: VDISession, { metadata }: Pod): AnyObject {
  const key = keyBeside(session, "v1", "Pod", metadata.name);
  const { resourceVersion = "" } = metadata;
  return {
    ...key,
    metadata: {
      ...key.metadata,
      resourceVersion,
      ownerReferences: [controllerReference("VDISession", session)],
      labels: sessionLabels(session),
      annotations: sessionAnnotations(session),
    },
  };
}
