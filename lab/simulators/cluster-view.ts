import type { AnyObject, SharedKubeConfig } from "../../kube/client.ts";
import { watchObjects } from "../../kube/watch.ts";
import type { WatchedObjects } from "../../kube/watch.ts";

/** Collections that simulators look at. Pods are only those that simulators play or read: a lab may have thousands. */
const collections = {
  nodes: { path: "/api/v1/nodes" },
  services: { path: "/api/v1/services" },
  configMaps: { path: "/api/v1/configmaps" },
  claims: { path: "/api/v1/persistentvolumeclaims" },
  volumes: { path: "/api/v1/persistentvolumes" },
  deployments: { path: "/apis/apps/v1/deployments" },
  daemonSets: { path: "/apis/apps/v1/daemonsets" },
  storageClasses: { path: "/apis/storage.k8s.io/v1/storageclasses" },
  ingresses: { path: "/apis/networking.k8s.io/v1/ingresses" },
  ingressClasses: { path: "/apis/networking.k8s.io/v1/ingressclasses" },
  clusterPolicies: { path: "/apis/nvidia.com/v1/clusterpolicies" },
  helmCharts: { path: "/apis/helm.cattle.io/v1/helmcharts" },
  helmChartConfigs: { path: "/apis/helm.cattle.io/v1/helmchartconfigs" },
  serviceLbPods: { path: "/api/v1/pods", labelSelector: "svccontroller.k3s.cattle.io/svcname" },
  gpuOperandPods: { path: "/api/v1/pods", labelSelector: "app.kubernetes.io/managed-by=gpu-operator" },
  nfdWorkerPods: { path: "/api/v1/pods", labelSelector: "app.kubernetes.io/name=node-feature-discovery,role=worker" },
} as const;

export type CollectionName = keyof typeof collections;

/** Live copies of the collections, each watched once however many simulators read it. */
export class ClusterView {
  readonly #config: SharedKubeConfig;
  readonly #signal: AbortSignal;
  readonly #watched = new Map<CollectionName, WatchedObjects>();
  readonly #listeners = new Map<CollectionName, (() => void)[]>();

  constructor(config: SharedKubeConfig, signal: AbortSignal) {
    this.#config = config;
    this.#signal = signal;
  }

  /** Starts to watch the collections and calls back at each change in one of them. */
  subscribe(names: readonly CollectionName[], onChange: () => void): void {
    for (const name of names) {
      const listeners = this.#listeners.get(name) ?? [];
      this.#listeners.set(name, [...listeners, onChange]);
      if (this.#watched.has(name)) continue;
      const notify = () => this.#listeners.get(name)?.forEach((listener) => listener());
      this.#watched.set(name, watchObjects(this.#config, collections[name], notify, this.#signal));
    }
  }

  isSynced(names: readonly CollectionName[]): boolean {
    return names.every((name) => this.#watched.get(name)?.synced);
  }

  /** Every object of a subscribed collection. */
  all(name: CollectionName): AnyObject[] {
    return [...(this.#watched.get(name)?.objects.values() ?? [])];
  }
}
