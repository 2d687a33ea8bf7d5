import { apiVersion } from "../api/objects.ts";
import type { VDISession } from "../api/objects.ts";
import type { ObjectMeta, OwnerReference } from "../../kube/object.ts";
import { sessionAnnotations, sessionLabels } from "./labels.ts";
import { desktopName } from "./names.ts";

/** Makes garbage collection take a child with its owner; an owner's deletion in the foreground waits for it. */
export function controllerReference(kind: "VDISession" | "VDIPool", owner: { metadata: ObjectMeta }): OwnerReference {
  const { name = "", uid = "" } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Metadata of every child of a session. */
export function sessionMetadata(session: VDISession): ObjectMeta & { name: string } {
  return {
    name: desktopName(session),
    ...(session.metadata.namespace !== undefined && { namespace: session.metadata.namespace }),
    labels: sessionLabels(session),
    annotations: sessionAnnotations(session),
    ownerReferences: [controllerReference("VDISession", session)],
  };
}
