/**
 * Kinds whose home is Kubernetes itself. The official provider knows the same by generated tables: scopes of these need no server, and only
 * their inputs are normalised.
 */
const groups =
  /^(v1|(admissionregistration|apiextensions|apiregistration|auditregistration|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|settings|storage|storagemigration)\.k8s\.io\/.*|(apps|autoscaling|batch|extensions|policy)\/.*)$/;

const namespaced = new Set(
  `Binding ConfigMap ControllerRevision CronJob CSIStorageCapacity DaemonSet Deployment Endpoints EndpointSlice Event
  HorizontalPodAutoscaler Ingress Job Lease LimitRange NetworkPolicy PersistentVolumeClaim Pod PodDisruptionBudget
  PodTemplate ReplicaSet ReplicationController ResourceQuota Role RoleBinding Secret Service ServiceAccount
  StatefulSet`.split(/\s+/),
);

const clusterScoped = new Set(
  `APIService CertificateSigningRequest ClusterRole ClusterRoleBinding CSIDriver CSINode CustomResourceDefinition
  FlowSchema IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PodSecurityPolicy PriorityClass
  PriorityLevelConfiguration RuntimeClass StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
  ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass`.split(/\s+/),
);

export function isBuiltIn(apiVersion: string): boolean {
  return groups.test(apiVersion);
}

/** Whether a built-in kind lives in namespaces; undefined when this table does not know. */
export function builtInScope(apiVersion: string, kind: string): "namespaced" | "cluster" | undefined {
  if (!isBuiltIn(apiVersion)) return undefined;
  if (namespaced.has(kind)) return "namespaced";
  return clusterScoped.has(kind) ? "cluster" : undefined;
}

/** `ConfigMapList` and the like exist for YAML files; none can be created. */
export function isListKind(apiVersion: string, kind: string): boolean {
  return isBuiltIn(apiVersion) && kind.endsWith("List");
}
