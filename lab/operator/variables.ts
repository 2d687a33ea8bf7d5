import { turnTransports } from "../../components/turn-server.manifests.ts";
import { operatorVariables } from "../../components/vdi-operator.deployment.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { plannedOutputs } from "../../stacks/outputs.ts";

/** Files that are mounted from Secrets where the operator runs in a pod. */
export interface OperatorFiles {
  /** What links and cookies are signed with. */
  readonly accessKey: string;
  /** TURN's shared secret; only with a TURN server. */
  readonly turnSecret: string;
}

/** What its pod's name stands for: other operators on the lab have other identities. */
export const operatorIdentity = "kasm-operator-lab";

/** What the stack's Deployment would tell the operator, changed where it runs beside the cluster and not in it. */
export function labOperatorVariables(config: StackConfig, files: OperatorFiles): Record<string, string> {
  const { domain, namespaces, operator, registry, turn } = config;
  const { host = "", realm = "", ports } = turn ?? {};
  const endpoint = ports && { host, realm, ports, transports: turnTransports(turn?.tlsSecretName) };
  return {
    ...operatorVariables({
      ...{ domain, registry, turn: endpoint, namespace: namespaces.vdi },
      replicas: operator.replicas,
      maxSessionsPerUser: operator.maxSessionsPerUser,
      logLevel: operator.logLevel,
      access: operator.access,
      traefikNamespace: plannedOutputs(config).namespaces.traefik,
    }),
    POD_NAMESPACE: namespaces.operator,
    POD_NAME: operatorIdentity,
    // Whatever the stack's replicas: a second one can be started at any time.
    VDI_LEADER_ELECTION: "true",
    // No packet reaches a simulated pod.
    VDI_STREAM_CHECK: "kubelet",
    VDI_ACCESS_KEY_FILE: files.accessKey,
    ...(turn && { VDI_TURN_SECRET_FILE: files.turnSecret }),
  };
}
