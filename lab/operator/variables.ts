import { turnTransports } from "../../components/turn-server.manifests.ts";
import { operatorVariables } from "../../components/vdi-operator.deployment.ts";
import { gatewayVariables } from "../../components/vdi-operator.gateway.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { plannedOutputs } from "../../stacks/outputs.ts";

/** Paths of what is mounted from Secrets where operator and gateway run in pods. */
export interface OperatorFiles {
  /** TURN's shared secret; only with a TURN server. */
  readonly turnSecret: string;
  /** Whether desktops and Traefik can be reached, and not only their kubelet be believed. */
  readonly reachesDesktops?: boolean;
}

export interface GatewayFiles {
  /** What links and cookies are signed with. */
  readonly accessKey: string;
}

/** What its pod's name stands for: other operators on the lab have other identities. */
export const operatorIdentity = "kasm-operator-lab";
export const gatewayIdentity = "kasm-gateway-lab";

/** What the stack's Deployment would tell the operator, changed where it runs beside the cluster and not in it. */
export function labOperatorVariables(config: StackConfig, files: OperatorFiles): Record<string, string> {
  const { registry, turn } = config;
  const { host = "", realm = "", ports } = turn ?? {};
  const endpoint = ports && { host, realm, ports, transports: turnTransports(turn?.tlsSecretName) };
  return {
    ...operatorVariables({
      ...operatorSettings(config),
      registry,
      turn: endpoint,
      traefikNamespace: plannedOutputs(config).namespaces.traefik,
    }),
    POD_NAMESPACE: config.namespaces.operator,
    POD_NAME: operatorIdentity,
    // Whatever the stack's replicas: a second one can be started at any time.
    VDI_LEADER_ELECTION: "true",
    // No packet reaches a simulated pod.
    VDI_STREAM_CHECK: files.reachesDesktops ? "direct" : "kubelet",
    ...(turn && { VDI_TURN_SECRET_FILE: files.turnSecret }),
  };
}

/** What the stack's Deployment would tell the gateway, changed in the same way. */
export function labGatewayVariables(config: StackConfig, files: GatewayFiles): Record<string, string> {
  return {
    ...gatewayVariables({ ...operatorSettings(config), registry: config.registry }),
    POD_NAMESPACE: config.namespaces.operator,
    POD_NAME: gatewayIdentity,
    VDI_ACCESS_KEY_FILE: files.accessKey,
    // Nobody else would answer meanwhile.
    VDI_DRAIN_SECONDS: "0",
  };
}

function operatorSettings({ domain, namespaces, operator }: StackConfig) {
  const { replicas, maxSessionsPerUser, logLevel, access } = operator;
  return { domain, namespace: namespaces.vdi, replicas, maxSessionsPerUser, logLevel, access };
}
