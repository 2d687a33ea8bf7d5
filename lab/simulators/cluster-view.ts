import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { Informer } from "../../kube/informer.ts";

/** Collections that simulators look at. Pods are only those that simulators play or read: a lab may have thousands. */
const collections = {
  nodes: { apiVersion: "v1", kind: "Node" },
  services: { apiVersion: "v1", kind: "Service" },
  configMaps: { apiVersion: "v1", kind: "ConfigMap" },
  claims: { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  volumes: { apiVersion: "v1", kind: "PersistentVolume" },
  deployments: { apiVersion: "apps/v1", kind: "Deployment" },
  daemonSets: { apiVersion: "apps/v1", kind: "DaemonSet" },
  storageClasses: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" },
  ingresses: { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
  ingressClasses: { apiVersion: "networking.k8s.io/v1", kind: "IngressClass" },
  clusterPolicies: { apiVersion: "nvidia.com/v1", kind: "ClusterPolicy" },
  helmCharts: { apiVersion: "helm.cattle.io/v1", kind: "HelmChart" },
  helmChartConfigs: { apiVersion: "helm.cattle.io/v1", kind: "HelmChartConfig" },
  helmJobs: { apiVersion: "batch/v1", kind: "Job", labelSelector: "helmcharts.helm.cattle.io/chart" },
  gpuOperatorJobs: {
    apiVersion: "batch/v1",
    kind: "Job",
    labelSelector: "app.kubernetes.io/component=gpu-operator",
  },
  serviceLbPods: { apiVersion: "v1", kind: "Pod", labelSelector: "svccontroller.k3s.cattle.io/svcname" },
  gpuOperandPods: { apiVersion: "v1", kind: "Pod", labelSelector: "app.kubernetes.io/managed-by=gpu-operator" },
  nfdWorkerPods: {
    apiVersion: "v1",
    kind: "Pod",
    labelSelector: "app.kubernetes.io/name=node-feature-discovery,role=worker",
  },
} as const;

export type CollectionName = keyof typeof collections;

/** Live copies of the collections, each watched once however many simulators read it. */
export class ClusterView {
  readonly #client: ClusterClient;
  readonly #signal: AbortSignal;
  readonly #informers = new Map<CollectionName, Informer>();
  readonly #listeners = new Map<CollectionName, (() => void)[]>();

  constructor(client: ClusterClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** Starts to watch the collections and calls back at each change in one of them. */
  subscribe(names: readonly CollectionName[], onChange: () => void): void {
    for (const name of names) {
      const listeners = this.#listeners.get(name) ?? [];
      this.#listeners.set(name, [...listeners, onChange]);
      if (this.#informers.has(name)) continue;
      const notify = () => this.#listeners.get(name)?.forEach((listener) => listener());
      const informer = new Informer(this.#client, collections[name]);
      this.#informers.set(name, informer);
      informer.on({ add: notify, update: notify, delete: notify });
      void informer.run(this.#signal);
      // An empty collection changes nothing by being known.
      void informer.synced.then(notify);
    }
  }

  isSynced(names: readonly CollectionName[]): boolean {
    return names.every((name) => this.#informers.get(name)?.isSynced);
  }

  /** Every object of a subscribed collection. */
  all(name: CollectionName): AnyObject[] {
    return [...(this.#informers.get(name)?.store.values() ?? [])];
  }
}
