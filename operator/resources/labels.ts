import type { KubeObject } from "../../kube/object.ts";
import type { VDIPool, VDISession } from "../api/objects.ts";
import { poolId, sessionId, shortHash, userHash } from "./names.ts";

/** Field manager of all writes, and value of the managed-by label by which the caches choose. */
export const managerName = "kasm-operator";

export const labels = {
  managedBy: "app.kubernetes.io/managed-by",
  name: "app.kubernetes.io/name",
  /** Id of the session that a child belongs to. */
  session: "vdi.kasm.io/session",
  /** Hash of the user: names with @ or Unicode are no label values. */
  user: "vdi.kasm.io/user",
  /** Hash of the template's name, which may be longer than a label. */
  template: "vdi.kasm.io/template",
  /** Id of the pool that made a pod; stays on it when a session takes it. */
  pool: "vdi.kasm.io/pool",
} as const;

/** Set on a claim by the scheduler, for the provisioner of a class that waits for its first pod. */
export const selectedNodeAnnotation = "volume.kubernetes.io/selected-node";

export const sessionFinalizer = "vdi.kasm.io/session-cleanup";

export const annotations = {
  userName: "vdi.kasm.io/user-name",
  sessionName: "vdi.kasm.io/session-name",
  templateName: "vdi.kasm.io/template-name",
  /** Hash of what a pod was made from: template and settings; another value means that it is out of date. */
  podHash: "vdi.kasm.io/pod-hash",
  /** Extended resource that a pod takes one of. */
  gpuResource: "vdi.kasm.io/gpu-resource",
  /** The session's `spec.access.revokedBefore` that a Secret was made under: its password is not meant by it. */
  revokedBefore: "vdi.kasm.io/revoked-before",
  /** Unix time at which the TURN credentials in a pod's Secret end. */
  turnExpires: "vdi.kasm.io/turn-expires",
} as const;

/** Which session or pool a child is of, also when somebody took its owner away; undefined for homes. */
export function belongsTo({ metadata }: KubeObject): string | undefined {
  const session = metadata?.labels?.[labels.session];
  const pool = metadata?.labels?.[labels.pool];
  // A pod keeps its pool's label when a session takes it.
  return session === undefined ? pool && `pool ${pool}` : `session ${session}`;
}

/** Chooses everything of ours that a cache has to know. */
export const managedSelector = `${labels.managedBy}=${managerName}`;

/** Labels of every child of a session. */
export function sessionLabels(session: VDISession): Record<string, string> {
  return {
    [labels.managedBy]: managerName,
    [labels.name]: "vdi-desktop",
    [labels.session]: sessionId(session),
    [labels.user]: userHash(session.spec.user),
    [labels.template]: templateHash(session.spec.template),
  };
}

/** Labels of everything of a pool; its pods keep them when a session takes them. */
export function poolLabels(pool: VDIPool): Record<string, string> {
  return {
    [labels.managedBy]: managerName,
    [labels.name]: "vdi-desktop",
    [labels.template]: templateHash(pool.spec.template),
    [labels.pool]: poolId(pool),
  };
}

/** Chooses the desktops of a pool that no session has taken. */
export function poolSelector(pool: VDIPool): string {
  return `${labels.pool}=${poolId(pool)},!${labels.session}`;
}

/** Names for people: what the labels stand for. */
export function sessionAnnotations(session: VDISession): Record<string, string> {
  return {
    [annotations.sessionName]: session.metadata.name,
    [annotations.userName]: session.spec.user,
    [annotations.templateName]: session.spec.template,
  };
}

export function templateHash(template: string): string {
  return shortHash(`template ${template}`);
}
