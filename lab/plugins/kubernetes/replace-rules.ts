import type { PropertyValue } from "../rpc/property.ts";
import { isObject } from "../rpc/property.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, groupOf, isConfigMap, isSecretKind, kindOf } from "./manifest.ts";

export type Path = (string | number)[];

/** A field that cannot change in place, as path parts; `*` is any element of a list. */
type Rule = string[];

export interface Mutability {
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
}

/** The fields whose change replaces an object. The table is the official provider's (provider/pkg/provider/diff.go), so that both plan alike. */
export function replaceRules(object: Manifest, settings: Mutability): Rule[] {
  return [...identity, ...kindRules(object, settings)].map((path) => path.split("."));
}

/** A patch resource follows its target's fields in place; only another target is another resource. */
export const patchReplaceRules: Rule[] = [
  ["metadata", "name"],
  ["metadata", "namespace"],
];

/**
 * Whether a difference at `path` touches a rule: at it or below it, or above it when the value that changed contains the ruled field.
 * @param value the new value at the path; null for a deletion
 */
export function touchesRule(rules: Rule[], path: Path, value: PropertyValue): boolean {
  return rules.some((rule) => {
    const isOnPath = rule.slice(0, path.length).every((part, index) => matches(part, path[index]));
    return isOnPath && reaches(rule.slice(path.length), value);
  });
}

function matches(part: string, step: string | number | undefined): boolean {
  return part === "*" ? typeof step === "number" : part === step;
}

function reaches(rest: Rule, value: PropertyValue): boolean {
  const [part, ...deeper] = rest;
  if (part === undefined) return true;
  if (part === "*") return Array.isArray(value) && value.some((item) => reaches(deeper, item));
  return isObject(value) && Object.hasOwn(value, part) && reaches(deeper, value[part] ?? null);
}

const identity = ["metadata.name", "metadata.namespace"];

function kindRules(object: Manifest, settings: Mutability): string[] {
  const isImmutable = object.immutable === true;
  if (isSecretKind(object)) {
    return !settings.enableSecretMutable || isImmutable ? ["type", "stringData", "data"] : ["type"];
  }
  if (isConfigMap(object)) return !settings.enableConfigMapMutable || isImmutable ? ["binaryData", "data"] : [];
  const rule = byKind[`${groupOf(object)}/${kindOf(object)}`];
  if (rule === undefined || (rule.versions && !rule.versions.includes(versionOf(object)))) return [];
  return rule.fields;
}

function versionOf(object: Manifest): string {
  return apiVersionOf(object).split("/").at(-1) ?? "";
}

const podSpecFields = `affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC
  hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority
  priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount
  serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes`.split(/\s+/);

const containerFields = `args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources
  securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts
  workingDir`.split(/\s+/);

const volumeSources = `awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker
  gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos
  vsphereVolume`.split(/\s+/);

const spec = (...fields: string[]) => fields.map((name) => `spec.${name}`);

const byKind: Record<string, { fields: string[]; versions?: string[] }> = {
  "apps/DaemonSet": { fields: spec("selector"), versions: ["v1", "v1beta2"] },
  "apps/Deployment": { fields: spec("selector"), versions: ["v1", "v1beta2"] },
  "apps/StatefulSet": {
    fields: spec("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"),
  },
  "batch/Job": { fields: spec("completions", "parallelism", "selector", "template") },
  "policy/PodDisruptionBudget": { fields: ["spec"], versions: ["v1beta1"] },
  "rbac.authorization.k8s.io/ClusterRoleBinding": { fields: ["roleRef"] },
  "rbac.authorization.k8s.io/RoleBinding": { fields: ["roleRef"] },
  "storage.k8s.io/StorageClass": { fields: ["parameters", "provisioner"], versions: ["v1"] },
  "/PersistentVolume": { fields: spec(...volumeSources) },
  "/PersistentVolumeClaim": { fields: spec("accessModes", "selector", "storageClassName", "volumeName") },
  "/Pod": {
    fields: [
      ...spec(...podSpecFields),
      ...["containers", "initContainers"].flatMap((list) =>
        spec(...containerFields.map((name) => `${list}.*.${name}`)),
      ),
    ],
  },
  "/ResourceQuota": { fields: spec("scopes") },
  "/Service": { fields: spec("clusterIP") },
};
