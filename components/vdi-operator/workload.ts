import type * as k8s from "@pulumi/kubernetes";
import { imageReference, pullSecrets } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import { ownField } from "../objects/pod-field.ts";
import { skipAwait } from "../objects/skip-await.ts";
import { bundleConfigMap, bundleFile, nodeImage } from "./program.ts";
import type { OperatorProgram } from "./program.ts";

type Deployment = k8s.types.input.apps.v1.Deployment;
type Volume = k8s.types.input.core.v1.Volume;

/** What the Deployments of operator and gateway differ in. */
export interface Workload {
  /** Of Deployment and ServiceAccount. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly strategy: k8s.types.input.apps.v1.DeploymentStrategy;
  readonly container: {
    readonly name: string;
    readonly ports: Readonly<Record<string, number>>;
    readonly variables: Readonly<Record<string, string>>;
    readonly resources: k8s.types.input.core.v1.ResourceRequirements;
    /** Seconds between two questions for readiness. */
    readonly readyPeriodSeconds: number;
  };
  /** Which of the bundle's programs; the operator when left out. */
  readonly argument?: string;
  readonly graceSeconds: number;
  /** Secrets by the folder that they are mounted at. */
  readonly secrets: readonly { readonly name: string; readonly secretName: string; readonly path: string }[];
  readonly program: OperatorProgram;
  readonly registry: Registry;
}

const bundlePath = "/opt/kasm-operator";

/** Arguments of a Deployment of the bundle, or of an image in its place. The pod meets Pod Security `restricted`. */
export function workloadDeployment(workload: Workload): Deployment {
  const { name, namespace, labels, replicas, strategy, container, graceSeconds, registry } = workload;
  return {
    metadata: { name, namespace, labels: { ...labels }, annotations: skipAwait },
    spec: {
      replicas,
      strategy,
      selector: { matchLabels: { ...labels } },
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: graceSeconds,
          ...pullSecrets(registry),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            seccompProfile: { type: "RuntimeDefault" },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { ...labels } },
            },
          ],
          containers: [
            {
              name: container.name,
              ...programArgs(workload),
              env: [
                ...Object.entries(container.variables).map(([name, value]) => ({ name, value })),
                { name: "POD_NAME", valueFrom: ownField("metadata.name") },
                { name: "POD_NAMESPACE", valueFrom: ownField("metadata.namespace") },
              ],
              ports: Object.entries(container.ports).map(([name, containerPort]) => ({ name, containerPort })),
              startupProbe: { ...probe("/healthz"), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: container.readyPeriodSeconds },
              resources: container.resources,
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: mounts(workload),
            },
          ],
          volumes: volumes(workload),
        },
      },
    },
  };
}

function programArgs({ program, argument, registry }: Workload) {
  const isBundle = program.kind === "bundle";
  const image = imageReference(isBundle ? (program.image ?? nodeImage) : program.image, registry);
  if (isBundle) return { image, command: ["node", `${bundlePath}/${bundleFile}`, ...(argument ? [argument] : [])] };
  // Its entry point runs the bundle (operator/Dockerfile).
  return { image, ...(argument !== undefined && { args: [argument] }) };
}

function mounts({ secrets, program }: Workload) {
  return [
    ...secrets.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
    ...(program.kind === "bundle" ? [{ name: "bundle", mountPath: bundlePath, readOnly: true }] : []),
  ];
}

function volumes({ secrets, program, namespace }: Workload): Volume[] {
  return [
    ...secrets.map(({ name, secretName }) => ({ name, secret: { secretName, defaultMode: 0o440 } })),
    ...(program.kind === "bundle"
      ? [{ name: "bundle", configMap: { name: bundleConfigMap(program.text, namespace).metadata.name } }]
      : []),
  ];
}

function probe(path: string) {
  return { httpGet: { path, port: "health" } };
}
