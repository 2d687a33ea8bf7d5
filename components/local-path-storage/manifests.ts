import type * as k8s from "@pulumi/kubernetes";
import { stringify } from "yaml";
import { contentHash } from "../objects/content-hash.ts";
import { imageReference, pullSecrets } from "../objects/image.ts";
import { ownField } from "../objects/pod-field.ts";
import { skipAwait } from "../objects/skip-await.ts";
import type { Registry } from "../objects/image.ts";

type Rules = k8s.types.input.rbac.v1.PolicyRule[];

/** A local-path-provisioner: the name that StorageClasses call it by, and where its configuration lies. */
export interface LocalPath {
  readonly provisioner: string;
  readonly namespace: string;
  readonly configMap: string;
}

/** K3s's own, which it lays down anew at every start of a server. */
export const k3sLocalPath: LocalPath = {
  provisioner: "rancher.io/local-path",
  namespace: "kube-system",
  configMap: "local-path-config",
};

/** Ours. Another name than K3s's: two provisioners of one name would race for each claim. */
export function ownLocalPath(namespace: string): LocalPath {
  return { provisioner: "kasm-vdi.io/local-path", namespace, configMap: "local-path-config" };
}

/**
 * Makes a volume's directory. Byte for byte what K3s ships (k3s-io/k3s manifests/local-storage.yaml, since April 2024),
 * so that a patch with it is no change there. The parent keeps everybody else on the node out.
 */
export const setupScript = `#!/bin/sh
set -eu
mkdir -m 0777 -p "\${VOL_DIR}"
chmod 700 "\${VOL_DIR}/.."`;

const teardownScript = `#!/bin/sh
set -eu
rm -rf "\${VOL_DIR}"`;

export interface OwnLocalPathArgs {
  readonly className: string;
  /** Directory on the nodes below which volumes go. */
  readonly path: string;
  /** local-path-provisioner v0.0.37 or later: earlier ones cannot be asked whether they are ready. */
  readonly image: string;
  /** Has to have a shell at /bin/sh. */
  readonly helperImage: string;
  readonly namespace: string;
  readonly registry: Registry;
}

/** What the provisioner reads: paths, scripts, and the pod that runs the scripts on a volume's node. */
export function provisionerConfig({ path, helperImage, registry }: OwnLocalPathArgs) {
  const paths = { nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [path] }] };
  return {
    "config.json": JSON.stringify(paths, undefined, 2),
    setup: setupScript,
    teardown: teardownScript,
    "helperPod.yaml": stringify(helperPod(helperImage, registry)),
  };
}

// The provisioner refuses a template with volumes, added capabilities or a user 0 (util.go, validateHelperPodTemplate).
function helperPod(image: string, registry: Registry) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod" },
    spec: {
      automountServiceAccountToken: false,
      ...pullSecrets(registry),
      // It has to run where the pod that wants the volume already is.
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "helper-pod",
          image: imageReference(image, registry),
          imagePullPolicy: "IfNotPresent",
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    },
  };
}

/** Names of the objects; those of cluster scope are not K3s's. */
export const names = {
  clusterWide: "kasm-vdi-local-path",
  provisioner: "local-path-provisioner",
  /** The account of helper pods, which run on every node and need no access. */
  helper: "local-path-helper",
} as const;

export const podLabels = { "app.kubernetes.io/name": names.provisioner };

/** Volumes belong to no namespace, claims to many. */
export const clusterRules: Rules = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["get"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "list", "watch", "update"] },
  {
    apiGroups: [""],
    resources: ["persistentvolumes"],
    verbs: ["get", "list", "watch", "create", "patch", "delete"],
  },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
];

/** Helper pods are made in the provisioner's own namespace only. */
export const namespaceRules: Rules = [
  { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "create", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

const healthPort = 8080;

/** The provisioner. It reads the helper pod's template at its start, so a changed config starts it anew. */
export function provisionerDeployment(args: OwnLocalPathArgs) {
  const { provisioner, configMap } = ownLocalPath(args.namespace);
  const get = (path: string) => ({ httpGet: { path, port: healthPort } });
  return {
    metadata: { name: names.provisioner, namespace: args.namespace, labels: podLabels, annotations: skipAwait },
    spec: {
      replicas: 1,
      selector: { matchLabels: podLabels },
      // There is no leader election: two of them would make every volume twice.
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels: podLabels, annotations: { "kasm-vdi.io/config": configHash(args) } },
        spec: {
          serviceAccountName: names.provisioner,
          ...pullSecrets(args.registry),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: names.provisioner,
              image: imageReference(args.image, args.registry),
              imagePullPolicy: "IfNotPresent",
              command: ["local-path-provisioner", "start"],
              args: [
                "--config=/etc/config/config.json",
                `--provisioner-name=${provisioner}`,
                `--configmap-name=${configMap}`,
                `--service-account-name=${names.helper}`,
                `--helper-image=${imageReference(args.helperImage, args.registry)}`,
                `--health-port=${healthPort}`,
              ],
              env: [{ name: "POD_NAMESPACE", valueFrom: ownField("metadata.namespace") }],
              ports: [{ name: "health", containerPort: healthPort }],
              livenessProbe: get("/health"),
              readinessProbe: get("/ready"),
              resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: configMap } }],
        },
      },
    },
  } satisfies k8s.types.input.apps.v1.Deployment;
}

/** Changes with anything that the provisioner reads. */
export function configHash(args: OwnLocalPathArgs): string {
  return contentHash(provisionerConfig(args));
}

/**
 * The class. Volumes are of type `local`: those honour a pod's fsGroup, and the kubelet never makes a missing directory
 * as 0755, as it does for hostPath. It is not the default class, which K3s gives to its own at every start.
 */
export function ownStorageClass({ className, namespace }: OwnLocalPathArgs) {
  return {
    metadata: { name: className, annotations: { defaultVolumeType: "local" } },
    provisioner: ownLocalPath(namespace).provisioner,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  };
}
