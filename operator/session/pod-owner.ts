import { keyOf } from "../../kube/store.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Pod } from "../kinds.ts";
import { controllerUid } from "../resources/keys.ts";
import { labels } from "../resources/labels.ts";

/** The pod that a session controls. Of several it is the one that its user was told of, or else one that is not going. */
export function podOf(session: VDISession, caches: Pick<Caches, "pods">): Pod | undefined {
  const owned = podsOf(session, caches);
  const staying = owned.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.find(({ metadata }) => metadata.name === session.status?.podName) ?? staying[0] ?? owned[0];
}

/** All pods that a session controls. */
export function podsOf(session: VDISession, { pods }: Pick<Caches, "pods">): Pod[] {
  const { uid = "" } = session.metadata;
  return pods.store.by("owner", uid).filter((pod) => controllerUid(pod) === uid);
}

/** The session that a pod is of, by its owner or, where somebody took that away, by its label. */
export function sessionOf(pod: Pod, caches: Pick<Caches, "sessions">): VDISession | undefined {
  const id = pod.metadata.labels?.[labels.session];
  return ownerOf(pod, caches) ?? (id === undefined ? undefined : caches.sessions.store.by("id", id)[0]);
}

/** A session as the caches have it; undefined when it is gone. */
export function latestOf(session: VDISession, { sessions }: Pick<Caches, "sessions">): VDISession | undefined {
  const found = sessions.store.get(keyOf(session));
  return found?.metadata.uid === session.metadata.uid ? found : undefined;
}

/** The session that controls a pod, as far as it is there. */
export function ownerOf({ metadata }: Pod, { sessions }: Pick<Caches, "sessions">): VDISession | undefined {
  const owner = metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === "VDISession");
  const found = owner && sessions.store.get(`${metadata.namespace ?? ""}/${owner.name}`);
  return found?.metadata.uid === owner?.uid ? found : undefined;
}
