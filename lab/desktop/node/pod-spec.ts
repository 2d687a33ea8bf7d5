import type { AnyObject } from "../../../kube/object.ts";

/** A pod as far as this node reads it. */
export interface Pod extends AnyObject {
  metadata: NonNullable<AnyObject["metadata"]> & {
    name: string;
    namespace: string;
    uid: string;
    deletionGracePeriodSeconds?: number;
  };
  spec: PodSpec;
  status?: { phase?: string; podIP?: string; containerStatuses?: ContainerStatus[] };
}

export interface PodSpec {
  nodeName?: string;
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
  terminationGracePeriodSeconds?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: KeyRef; fieldRef?: { fieldPath: string } } }[];
  ports?: { name?: string; containerPort: number }[];
  restartPolicy?: "Always";
  resources?: { limits?: { cpu?: string; memory?: string } };
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  terminationMessagePolicy?: "File" | "FallbackToLogsOnError";
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface KeyRef {
  name: string;
  key: string;
}

export interface Volume {
  name: string;
  emptyDir?: { medium?: "Memory"; sizeLimit?: string };
  secret?: { secretName: string; items?: { key: string; path: string }[] };
  persistentVolumeClaim?: { claimName: string };
}

export interface Probe {
  httpGet?: { path?: string; port: number | string; scheme?: "HTTP" | "HTTPS" };
  tcpSocket?: { port: number | string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface ContainerStatus {
  name: string;
  restartCount: number;
}

/**
 * Whether a pod is played by processes: a desktop of the family selkies-v2, by the variable that all of those have. KWOK is
 * told the same in its own words ({@link desktopPodQuery}).
 */
export function isDesktopPod({ spec }: { spec?: Partial<PodSpec> }): boolean {
  return (spec?.containers ?? []).some(({ env = [] }) => env.some(({ name }) => name === "SELKIES_MODE"));
}

/** {@link isDesktopPod} as KWOK's selectors ask it. */
export const desktopPodQuery = `any(.spec.containers[]; any(.env[]?; .name == "SELKIES_MODE"))`;
