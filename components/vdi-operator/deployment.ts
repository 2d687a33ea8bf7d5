import type * as k8s from "@pulumi/kubernetes";
import type { Registry } from "../objects/image.ts";
import type { TurnEndpoint } from "../turn-server/turn-server.ts";
import type { OperatorProgram } from "./program.ts";
import { operatorName } from "./rbac.ts";
import { accessMiddleware, sessionMiddlewares, sessionTransport } from "./routing.ts";
import type { AccessSettings } from "./routing.ts";
import { operatorLabels, operatorPorts } from "./services.ts";
import { workloadDeployment } from "./workload.ts";

type Deployment = k8s.types.input.apps.v1.Deployment;

export interface OperatorSettings {
  /** Of sessions. */
  readonly namespace: string;
  /** Base domain; every session gets a name below it. */
  readonly domain: string;
  readonly replicas: number;
  /** The most desktops of one user at once; as many as they like when left out. */
  readonly maxSessionsPerUser?: number;
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

const turnPath = "/etc/kasm-operator/turn";

/** Arguments of the operator's Deployment. */
export function operatorDeployment(args: OperatorDeploymentArgs): Deployment {
  const { operatorNamespace, program, replicas, registry, turn } = args;
  return workloadDeployment({
    ...{ name: operatorName, namespace: operatorNamespace, labels: operatorLabels, replicas, program, registry },
    // Whoever comes waits for the lease of whoever goes.
    strategy: { type: "RollingUpdate" },
    graceSeconds: 30,
    container: {
      ...{ name: "manager", ports: operatorPorts, variables: operatorVariables(args), readyPeriodSeconds: 10 },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "2", memory: "512Mi" } },
    },
    secrets: turn ? [{ name: "turn", secretName: turnSecretName, path: turnPath }] : [],
  });
}

/** What the operator is told, besides its pod's own name and namespace (docs/components/vdi-operator.md). */
export function operatorVariables({
  namespace,
  domain,
  maxSessionsPerUser,
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
    ...(maxSessionsPerUser !== undefined && { VDI_MAX_SESSIONS_PER_USER: String(maxSessionsPerUser) }),
    VDI_SESSION_MIDDLEWARES: sessionMiddlewares.join(","),
    VDI_SESSION_TRANSPORT: sessionTransport,
    VDI_ACCESS_MIDDLEWARE: accessMiddleware,
    ...(access.middlewares?.length && { VDI_ACCESS_EXTRA_MIDDLEWARES: access.middlewares.join() }),
    ...(traefikNamespace !== undefined && { VDI_TRAEFIK_NAMESPACE: traefikNamespace }),
    ...(registry.pullSecretName !== undefined && { VDI_PULL_SECRET: registry.pullSecretName }),
    ...(turn && { VDI_TURN: JSON.stringify(turn), VDI_TURN_SECRET_FILE: `${turnPath}/shared-secret` }),
    // Measured with 10,000 sessions: within 256 MiB, for half as much processor time again (docs/benchmarks.md).
    NODE_OPTIONS: "--max-old-space-size=192 --max-semi-space-size=2",
  };
}
