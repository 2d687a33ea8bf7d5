/** Kinds that are collected, in all namespaces, and the group that each is read from. */
export const collectedKinds: Readonly<Record<string, string>> = {
  Namespace: "v1",
  Node: "v1",
  Pod: "v1",
  Event: "v1",
  Service: "v1",
  ConfigMap: "v1",
  Secret: "v1",
  PersistentVolumeClaim: "v1",
  PersistentVolume: "v1",
  ResourceQuota: "v1",
  LimitRange: "v1",
  EndpointSlice: "discovery.k8s.io/v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  Job: "batch/v1",
  StorageClass: "storage.k8s.io/v1",
  Ingress: "networking.k8s.io/v1",
  IngressClass: "networking.k8s.io/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  RuntimeClass: "node.k8s.io/v1",
  Lease: "coordination.k8s.io/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  VDISession: "vdi.kasm.io/v1alpha1",
  VDITemplate: "vdi.kasm.io/v1alpha1",
  VDIPool: "vdi.kasm.io/v1alpha1",
  IngressRoute: "traefik.io/v1alpha1",
  Middleware: "traefik.io/v1alpha1",
  TLSStore: "traefik.io/v1alpha1",
  HelmChart: "helm.cattle.io/v1",
  HelmChartConfig: "helm.cattle.io/v1",
  ClusterPolicy: "nvidia.com/v1",
  Certificate: "cert-manager.io/v1",
};

/** Kinds of which names, labels and keys are collected, and no contents. */
export const namesOnly: ReadonlySet<string> = new Set(["Secret"]);

/** Label selectors of kinds of which most objects are Kubernetes' own and say nothing. */
export const selectors: Readonly<Record<string, string>> = {
  ClusterRole: "!kubernetes.io/bootstrapping",
  ClusterRoleBinding: "!kubernetes.io/bootstrapping",
};
