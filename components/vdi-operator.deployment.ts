import type * as k8s from "@pulumi/kubernetes";
import { contentHash } from "./content-hash.ts";
import { imageReference, pullSecrets } from "./image.ts";
import type { Registry } from "./image.ts";
import type { TurnEndpoint } from "./turn-server.ts";
import { healthPort, metricsPort, operatorLabels } from "./vdi-operator.policies.ts";
import { operatorName } from "./vdi-operator.rbac.ts";
import { sessionMiddleware, sessionTransport } from "./vdi-operator.routing.ts";

type Deployment = k8s.types.input.apps.v1.Deployment;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/** What runs as the operator: an image that brings it, or a bundle that a stock Node image runs. */
export type OperatorProgram =
  | { readonly kind: "image"; readonly image: string }
  | {
      readonly kind: "bundle";
      /** One ES module, the built operator. */
      readonly text: string;
      /** Default: `nodeImage`. */
      readonly image?: string;
    };

/** Runs a bundle. The version is the one that the bundle is tested with. */
export const nodeImage = "node:24.21.0-alpine3.24";

export interface OperatorSettings {
  /** Of sessions. */
  readonly namespace: string;
  /** Base domain; every session gets a name below it. */
  readonly domain: string;
  readonly replicas: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly registry: Registry;
}

export interface OperatorDeploymentArgs extends OperatorSettings {
  readonly operatorNamespace: string;
  readonly program: OperatorProgram;
  readonly turn: TurnEndpoint | undefined;
}

/** Secret in the operator's namespace with what TURN credentials are made from, under the key `shared-secret`. */
export const turnSecretName = "turn-credentials";

const bundleFile = "main.mjs";
const paths = { bundle: "/opt/kasm-operator", turn: "/etc/kasm-operator/turn" };
const kilobyte = 1024;
const configMapLimit = kilobyte * kilobyte;

/** Why the bundle cannot be shipped, and what to do, as a sentence; undefined when it can. */
export function bundleProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text) + bundleFile.length;
  if (bytes <= configMapLimit) return undefined;
  return (
    `The operator's bundle has ${Math.ceil(bytes / kilobyte)} KiB, and a ConfigMap holds 1024 KiB. Build it minified and ` +
    `without source map, or put it into an image and name that by kasm-vdi:operator.image.`
  );
}

/**
 * The ConfigMap that carries a bundle. Its name holds the content's hash, so that a new bundle rolls the pods and an old
 * one stays until they are gone.
 */
export function bundleConfigMap(text: string, operatorNamespace: string) {
  return {
    metadata: { name: `${operatorName}-${contentHash(text)}`, namespace: operatorNamespace },
    data: { [bundleFile]: text },
    immutable: true,
  };
}

/** Arguments of the Deployment. The pod meets Pod Security `restricted`. */
export function operatorDeployment(args: OperatorDeploymentArgs): Deployment {
  const { operatorNamespace, program, replicas, registry, turn } = args;
  const isBundle = program.kind === "bundle";
  const image = isBundle ? (program.image ?? nodeImage) : program.image;
  return {
    metadata: { name: operatorName, namespace: operatorNamespace, labels: operatorLabels },
    spec: {
      replicas,
      // One replica elects no leader, so two must not run at the same time.
      strategy: replicas > 1 ? { type: "RollingUpdate" } : { type: "Recreate" },
      selector: { matchLabels: operatorLabels },
      template: {
        metadata: { labels: operatorLabels },
        spec: {
          serviceAccountName: operatorName,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
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
              labelSelector: { matchLabels: operatorLabels },
            },
          ],
          containers: [
            {
              name: "manager",
              image: imageReference(image, registry),
              ...(isBundle && { command: ["node", `${paths.bundle}/${bundleFile}`] }),
              env: operatorEnvironment(args),
              ports: [
                { name: "metrics", containerPort: metricsPort },
                { name: "health", containerPort: healthPort },
              ],
              startupProbe: { ...probe("/healthz"), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: 10 },
              resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { cpu: "2", memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                ...(isBundle ? [{ name: "bundle", mountPath: paths.bundle, readOnly: true }] : []),
                ...(turn ? [{ name: "turn", mountPath: paths.turn, readOnly: true }] : []),
              ],
            },
          ],
          volumes: [
            ...(isBundle
              ? [
                  {
                    name: "bundle",
                    configMap: { name: bundleConfigMap(program.text, operatorNamespace).metadata.name },
                  },
                ]
              : []),
            ...(turn ? [{ name: "turn", secret: { secretName: turnSecretName, defaultMode: 0o440 } }] : []),
          ],
        },
      },
    },
  };
}

/** What the operator is told, besides its pod's own name and namespace (docs/components/vdi-operator.md). */
export function operatorVariables({
  namespace,
  domain,
  replicas,
  logLevel,
  registry,
  turn,
}: OperatorSettings & Pick<OperatorDeploymentArgs, "turn">): Record<string, string> {
  return {
    VDI_NAMESPACE: namespace,
    VDI_DOMAIN: domain,
    VDI_LEADER_ELECTION: String(replicas > 1),
    VDI_LOG_LEVEL: logLevel,
    VDI_SESSION_MIDDLEWARE: sessionMiddleware,
    VDI_SESSION_TRANSPORT: sessionTransport,
    ...(registry.pullSecretName !== undefined && { VDI_PULL_SECRET: registry.pullSecretName }),
    ...(turn && { VDI_TURN: JSON.stringify(turn), VDI_TURN_SECRET_FILE: `${paths.turn}/shared-secret` }),
    // Collects garbage before the memory limit ends the process.
    NODE_OPTIONS: "--max-old-space-size=384",
  };
}

function operatorEnvironment(args: OperatorDeploymentArgs): EnvVar[] {
  return [
    ...Object.entries(operatorVariables(args)).map(([name, value]) => ({ name, value })),
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
  ];
}

/** Arguments of the Service that metrics are scraped from. */
export function metricsService(operatorNamespace: string) {
  return {
    metadata: { name: `${operatorName}-metrics`, namespace: operatorNamespace, labels: operatorLabels },
    spec: {
      selector: operatorLabels,
      ports: [{ name: "metrics", port: metricsPort, targetPort: "metrics" }],
    },
  };
}

/** Arguments of the PodDisruptionBudget: a drained node takes one replica at a time. */
export function disruptionBudget(operatorNamespace: string) {
  return {
    metadata: { name: operatorName, namespace: operatorNamespace },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: operatorLabels },
      // Replicas that crash do no work: they must not hold up a drain.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

function probe(path: string) {
  return { httpGet: { path, port: "health" } };
}
