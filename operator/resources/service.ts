import type { VDISession } from "../api/objects.ts";
import type { AnyObject } from "../../kube/object.ts";
import { labels } from "./labels.ts";
import { sessionMetadata } from "./metadata.ts";
import { sessionId } from "./names.ts";
import { streamPort } from "./probes.ts";

/** Port of every session's Service, whatever the image's own. */
export const servicePort = 8080;

/** The Service before a session's pod. */
export function desktopService(session: VDISession): AnyObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: sessionMetadata(session),
    spec: {
      type: "ClusterIP",
      // Only the operator sets this label: metadata of sessions never reaches pods, so nobody can draw another's stream.
      selector: { [labels.session]: sessionId(session) },
      ports: [{ name: streamPort, port: servicePort, targetPort: streamPort, protocol: "TCP" }],
    },
  };
}
