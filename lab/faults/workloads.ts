import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { Fault } from "./fault.ts";
import { changedObject } from "./changed-object.ts";

/** What a pod of a fault is made of. The kubelet of the lab's nodes misbehaves as the annotation says (lab/k3s/kwok). */
export interface FaultyPod {
  readonly image?: string;
  readonly fault?: string;
  readonly env?: readonly object[];
  readonly claim?: string;
}

/** A Deployment with one pod that passes the namespace's `restricted` Pod Security. */
export function deployment(namespace: string, name: string, pod: FaultyPod): AnyObject {
  const { image = "registry.example.com/lab/app:1", fault, env = [], claim } = pod;
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...(fault !== undefined && { annotations: { "lab.kasm-vdi/fault": fault } }) },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              ...{ name: "app", image, env },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              ...(claim !== undefined && { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
            },
          ],
          ...(claim !== undefined && { volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }] }),
        },
      },
    },
  };
}

export function claim(namespace: string, name: string, storageClassName: string): AnyObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { namespace, name },
    spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
}

/** Scales a Deployment to nothing. */
export function stoppedDeployment(namespace: string, name: string): Omit<Fault, "description"> {
  const key: ObjectKey = { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name } };
  return changedObject(
    () => key,
    () => ({ spec: { replicas: 0 } }),
  );
}
