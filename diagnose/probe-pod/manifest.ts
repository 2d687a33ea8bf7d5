import type { AnyObject } from "../../kube/object.ts";
import { probeScript } from "./script.ts";
import type { InsideTarget } from "./targets.ts";

/** By which a pod of an earlier run is found, that was killed before it could delete it. */
export const probeLabel = "app.kubernetes.io/name";
export const probeName = "kasm-vdi-probe";

/** The longest that the pod may run, whatever becomes of whoever made it. */
export const deadlineSeconds = 60;

/** A pod that Pod Security `restricted` lets in: without root, rights, a token, or anything to write to. */
export function probePod(
  { namespace, image }: { namespace: string; image: string },
  targets: readonly InsideTarget[],
): AnyObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, generateName: `${probeName}-`, labels: { [probeLabel]: probeName } },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: deadlineSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          command: ["sh", "-c", probeScript(targets)],
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}
