import type { VDISession } from "../api/objects.ts";
import type { AnyObject } from "../../kube/object.ts";
import { annotations, labels, managerName } from "./labels.ts";
import { homeName, userHash } from "./names.ts";

/** The user's home volume, made with the first session that wants one. No owner: it outlives every session. */
export function homeClaim(session: VDISession): AnyObject {
  const { user, persistence } = session.spec;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: homeName(user),
      ...(session.metadata.namespace !== undefined && { namespace: session.metadata.namespace }),
      labels: { [labels.managedBy]: managerName, [labels.name]: "vdi-home", [labels.user]: userHash(user) },
      annotations: { [annotations.userName]: user },
    },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: String(persistence.size) } },
      ...(persistence.storageClassName !== undefined && { storageClassName: persistence.storageClassName }),
    },
  };
}
