import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { deploymentFinding } from "../workloads/standing-deployment.ts";
import { gatewayDeployments, gatewayName, operatorDeployments, operatorName, usualNamespace } from "./deployments.ts";
import { remadeByStack } from "../stack-fix.ts";

const sessionCrd = "vdisessions.vdi.kasm.io";

/** Deployments of operator and gateway. Without the product's kinds there is nothing to be installed. */
export const operatorStanding: Analyzer = {
  area: "operator",
  title: "VDI operator and gateway run",
  needs: ["Deployment"],
  analyze(cluster) {
    const operators = operatorDeployments(cluster);
    const gateways = gatewayDeployments(cluster);
    const isInstalled = cluster.get("CustomResourceDefinition", sessionCrd) !== undefined;
    if (!isInstalled && operators.length + gateways.length === 0) return { checked: undefined, findings: [] };
    const findings = [
      ...operators.flatMap((it) => deploymentFinding(cluster, it, operatorCodes) ?? []),
      ...gateways.flatMap((it) => deploymentFinding(cluster, it, gatewayCodes) ?? []),
      ...(isInstalled && operators.length === 0 ? [missing(cluster, "OperatorMissing", operatorName)] : []),
      // Only beside an operator of ours can it be told to be missing: an earlier one had none.
      ...(isInstalled && operators.length > 0 && gateways.length === 0
        ? [missing(cluster, "GatewayMissing", gatewayName, operators[0]?.metadata.namespace)]
        : []),
    ];
    return { checked: "operator and gateway", findings };
  },
};

const operatorCodes = {
  scaledDown: "OperatorScaledDown",
  unavailable: "OperatorUnavailable",
  effect: "nobody works on sessions",
  replicas: 1,
} as const;

const gatewayCodes = {
  scaledDown: "GatewayScaledDown",
  unavailable: "GatewayUnavailable",
  effect: "Traefik gets no answer about who may enter, and lets nobody in",
  replicas: 2,
} as const;

function missing(
  cluster: Cluster,
  code: "OperatorMissing" | "GatewayMissing",
  name: string,
  namespace = usualNamespace,
): Finding {
  const object: ObjectRef = { kind: "Deployment", namespace, name };
  const sessions = cluster.all("VDISession").length;
  const effect = code === "OperatorMissing" ? operatorCodes.effect : gatewayCodes.effect;
  return {
    code,
    object,
    problem: `There is no Deployment ${name} in the cluster: ${effect}.`,
    evidence: [
      { object: { kind: "CustomResourceDefinition", name: sessionCrd }, field: "metadata.name", value: sessionCrd },
      ...(sessions > 0 ? [{ object, field: "VDISessions in the cluster", value: String(sessions) }] : []),
    ],
    fix: [remadeByStack()],
  };
}
