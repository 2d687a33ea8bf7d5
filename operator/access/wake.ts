import type { ClusterClient } from "../../kube/client.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDISession } from "../api/objects.ts";

/** Field manager of the gateway's only write. */
const managerName = "kasm-gateway";

/** Starts a suspended session: one patch, refused by the API server when a session of that name was made anew. */
export function wakeSession(client: Pick<ClusterClient, "mergePatch">): (session: VDISession) => Promise<void> {
  return async ({ metadata: { name, namespace, uid } }) => {
    const metadata = { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) };
    await client.mergePatch(
      { apiVersion, kind: "VDISession", metadata, spec: { desiredState: "Running" } },
      managerName,
    );
  };
}
