import type { AnyObject } from "../../kube/object.ts";

/** K3s's Helm controller sets it on the pods of a HelmChart's Job. */
export const helmChartLabel = "helmcharts.helm.cattle.io/chart";

export interface HelmJobTrouble {
  readonly pod: AnyObject;
  /** What follows the Job's name: `fails (exit code 1, 4 restarts)`. */
  readonly text: string;
  /** Shows why. */
  readonly command: string;
}

interface ContainerStatus {
  restartCount?: number;
  state?: { waiting?: { reason?: string } };
  lastState?: { terminated?: { exitCode?: number } };
}

/**
 * What keeps the Job of a HelmChart from its end. The HelmChart does not tell: K3s lets the Job retry a thousand times before
 * it calls it failed, if at all (k3s-io/helm-controller: pkg/controllers/chart).
 */
export function helmJobTrouble(chart: string, pods: readonly AnyObject[]): HelmJobTrouble | undefined {
  for (const pod of pods.filter(({ metadata }) => metadata?.labels?.[helmChartLabel] === chart)) {
    const { containerStatuses = [] } = (pod["status"] ?? {}) as { containerStatuses?: ContainerStatus[] };
    for (const { restartCount = 0, state, lastState } of containerStatuses) {
      const exitCode = lastState?.terminated?.exitCode ?? 0;
      const reason = state?.waiting?.reason;
      if (exitCode !== 0)
        return {
          pod,
          text: `fails (exit code ${exitCode}, ${restartCount} restarts)`,
          command: `kubectl logs --namespace kube-system job/helm-install-${chart}`,
        };
      if (reason !== undefined)
        return {
          pod,
          text: `waits (${reason})`,
          command: `kubectl describe pod --namespace kube-system --selector ${helmChartLabel}=${chart}`,
        };
    }
  }
  return undefined;
}
