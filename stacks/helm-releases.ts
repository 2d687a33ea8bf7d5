import { gpuReleaseName } from "../components/gpu-operator/gpu-operator.ts";
import type { HelmRelease } from "../components/helm/interrupted-releases.ts";
import { releaseName as kasmReleaseName } from "../components/kasm-workspaces/values.ts";
import { gpuCount } from "../components/capacity/node-pool.ts";
import { traefikReleaseName } from "../components/traefik/traefik.ts";
import type { StackConfig } from "./config.ts";

/** All Helm releases of a stack. */
export function helmReleases({ kasm, gpu, traefik, pools, namespaces }: StackConfig): HelmRelease[] {
  const release = (name: string, namespace: string, { timeoutSeconds }: { readonly timeoutSeconds: number }) => {
    return { release: name, namespace, timeoutSeconds };
  };
  return [
    release(kasmReleaseName, namespaces.kasm, kasm),
    ...(gpuCount(pools) > 0 ? [release(gpuReleaseName, namespaces.gpuOperator, gpu)] : []),
    ...(traefik.mode === "own" ? [release(traefikReleaseName, namespaces.traefik, traefik)] : []),
  ];
}
