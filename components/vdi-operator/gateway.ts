import type * as k8s from "@pulumi/kubernetes";
import type { OperatorSettings } from "./deployment.ts";
import type { OperatorProgram } from "./program.ts";
import { gatewayName } from "./rbac.ts";
import { gatewayLabels, gatewayPorts } from "./services.ts";
import { workloadDeployment } from "./workload.ts";

export interface GatewayDeploymentArgs extends OperatorSettings {
  readonly operatorNamespace: string;
  readonly program: OperatorProgram;
}

/**
 * Secret in the operator's namespace with what links and cookies are signed with, under the key `key`, and where a user header
 * is believed, under `path`.
 */
export const accessSecretName = "access-key";

const accessPath = "/etc/kasm-gateway/access";

/** How long a replica goes on answering after its end was asked for; other nodes hear of it within seconds. */
const drainSeconds = 10;

/**
 * Arguments of the gateway's Deployment. Two replicas also on a single node: a rollout or a killed process leaves one that
 * answers.
 */
export function gatewayDeployment(args: GatewayDeploymentArgs): k8s.types.input.apps.v1.Deployment {
  const { operatorNamespace, program, replicas, registry } = args;
  return workloadDeployment({
    ...{ name: gatewayName, namespace: operatorNamespace, labels: gatewayLabels, program, registry },
    replicas: Math.max(2, replicas),
    argument: "gateway",
    // A replica goes when the one in its place is ready.
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    // The drain, and 5 s for the last answers.
    graceSeconds: drainSeconds + 20,
    container: {
      ...{ name: "gateway", ports: gatewayPorts, variables: gatewayVariables(args), readyPeriodSeconds: 2 },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    },
    secrets: [{ name: "access", secretName: accessSecretName, path: accessPath }],
  });
}

/** What the gateway is told, besides its pod's own name and namespace (docs/components/vdi-operator.md). */
export function gatewayVariables({ namespace, domain, logLevel, access = {} }: OperatorSettings) {
  return {
    VDI_NAMESPACE: namespace,
    VDI_DOMAIN: domain,
    VDI_LOG_LEVEL: logLevel,
    VDI_ACCESS_KEY_FILE: `${accessPath}/key`,
    VDI_DRAIN_SECONDS: String(drainSeconds),
    ...(access.userHeader !== undefined && {
      VDI_ACCESS_USER_HEADER: access.userHeader,
      VDI_ACCESS_PATH_FILE: `${accessPath}/path`,
    }),
    ...(access.middlewares?.length && { VDI_ACCESS_EXTRA_MIDDLEWARES: access.middlewares.join() }),
    NODE_OPTIONS: "--max-old-space-size=160 --max-semi-space-size=2",
  };
}
