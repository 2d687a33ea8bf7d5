import type * as k8s from "@pulumi/kubernetes";
import { imageReference, pullSecrets } from "./image.ts";
import type { Registry } from "./image.ts";
import { ownField } from "./pod-field.ts";
import { skipAwait } from "./skip-await.ts";
import type { TurnEndpoint } from "./turn-server.ts";
import { bundleConfigMap, bundleFile, nodeImage } from "./vdi-operator.program.ts";
import type { OperatorProgram } from "./vdi-operator.program.ts";
import { operatorName } from "./vdi-operator.rbac.ts";
import { accessMiddleware, sessionMiddleware, sessionTransport } from "./vdi-operator.routing.ts";
import type { AccessSettings } from "./vdi-operator.routing.ts";
import { operatorLabels, operatorPorts } from "./vdi-operator.services.ts";

type Deployment = k8s.types.input.apps.v1.Deployment;
type EnvVar = k8s.types.input.core.v1.EnvVar;

export interface OperatorSettings {
  /** Of sessions. */
  readonly namespace: string;
  /** Base domain; every session gets a name below it. */
  readonly domain: string;
  readonly replicas: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly registry: Registry;
  readonly access?: AccessSettings;
  /** Where Traefik's pods are. Default: where K3s has them. */
  readonly traefikNamespace?: string;
}

export interface OperatorDeploymentArgs extends OperatorSettings {
  readonly operatorNamespace: string;
  readonly program: OperatorProgram;
  readonly turn: TurnEndpoint | undefined;
}

/** Secret in the operator's namespace with what TURN credentials are made from, under the key `shared-secret`. */
export const turnSecretName = "turn-credentials";

/** Secret in the operator's namespace with what links and cookies are signed with, under the key `key`. */
export const accessSecretName = "access-key";

const paths = { bundle: "/opt/kasm-operator", turn: "/etc/kasm-operator/turn", access: "/etc/kasm-operator/access" };

/** Arguments of the Deployment. The pod meets Pod Security `restricted`. */
export function operatorDeployment(args: OperatorDeploymentArgs): Deployment {
  const { operatorNamespace, program, replicas, registry, turn } = args;
  const isBundle = program.kind === "bundle";
  const image = isBundle ? (program.image ?? nodeImage) : program.image;
  return {
    metadata: { name: operatorName, namespace: operatorNamespace, labels: operatorLabels, annotations: skipAwait },
    spec: {
      replicas,
      // Whoever comes waits for the lease of whoever goes.
      strategy: { type: "RollingUpdate" },
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
              ports: Object.entries(operatorPorts).map(([name, containerPort]) => ({ name, containerPort })),
              startupProbe: { ...probe("/healthz"), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: 10 },
              resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "2", memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "access", mountPath: paths.access, readOnly: true },
                ...(isBundle ? [{ name: "bundle", mountPath: paths.bundle, readOnly: true }] : []),
                ...(turn ? [{ name: "turn", mountPath: paths.turn, readOnly: true }] : []),
              ],
            },
          ],
          volumes: [
            { name: "access", secret: { secretName: accessSecretName, defaultMode: 0o440 } },
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
  logLevel,
  registry,
  access = {},
  traefikNamespace,
  turn,
}: OperatorSettings & Pick<OperatorDeploymentArgs, "turn">): Record<string, string> {
  return {
    VDI_NAMESPACE: namespace,
    VDI_DOMAIN: domain,
    // Also with one replica: on a node that is cut off, a pod works on beside the one that replaces it.
    VDI_LEADER_ELECTION: "true",
    VDI_LOG_LEVEL: logLevel,
    VDI_SESSION_MIDDLEWARE: sessionMiddleware,
    VDI_SESSION_TRANSPORT: sessionTransport,
    VDI_ACCESS_MIDDLEWARE: accessMiddleware,
    VDI_ACCESS_KEY_FILE: `${paths.access}/key`,
    ...(access.userHeader !== undefined && { VDI_ACCESS_USER_HEADER: access.userHeader }),
    ...(access.middlewares?.length && { VDI_ACCESS_EXTRA_MIDDLEWARES: access.middlewares.join() }),
    ...(traefikNamespace !== undefined && { VDI_TRAEFIK_NAMESPACE: traefikNamespace }),
    ...(registry.pullSecretName !== undefined && { VDI_PULL_SECRET: registry.pullSecretName }),
    ...(turn && { VDI_TURN: JSON.stringify(turn), VDI_TURN_SECRET_FILE: `${paths.turn}/shared-secret` }),
    // Measured with 10,000 sessions: within 256 MiB, for half as much processor time again (docs/benchmarks.md).
    NODE_OPTIONS: "--max-old-space-size=192 --max-semi-space-size=2",
  };
}

function operatorEnvironment(args: OperatorDeploymentArgs): EnvVar[] {
  return [
    ...Object.entries(operatorVariables(args)).map(([name, value]) => ({ name, value })),
    { name: "POD_NAME", valueFrom: ownField("metadata.name") },
    { name: "POD_NAMESPACE", valueFrom: ownField("metadata.namespace") },
  ];
}

function probe(path: string) {
  return { httpGet: { path, port: "health" } };
}
