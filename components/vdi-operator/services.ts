import { gatewayName, operatorName } from "./rbac.ts";
import { skipAwait } from "../objects/skip-await.ts";

/** Labels of the operator's pods; the first is what tools for controllers look for. */
export const operatorLabels = {
  "control-plane": "controller-manager",
  "app.kubernetes.io/name": "kasm-operator",
};

/** Labels of the gateway's pods. */
export const gatewayLabels = { "app.kubernetes.io/name": gatewayName };

/** Ports of the operator's containers, which its Service has as well. */
export const operatorPorts = { metrics: 8080, health: 8081 };

/** Ports of the gateway's containers, which its Services have as well. */
export const gatewayPorts = { ...operatorPorts, access: 8082 };

/** Arguments of the Service that the operator's metrics are scraped from. */
export function metricsService(namespace: string) {
  return service(`${operatorName}-metrics`, namespace, operatorLabels, "metrics");
}

/** Arguments of the Service that Traefik asks whom to let in, and that gives links. */
export function gatewayService(namespace: string) {
  return service(gatewayName, namespace, gatewayLabels, "access");
}

/** Arguments of the Service that the gateway's metrics are scraped from. */
export function gatewayMetricsService(namespace: string) {
  return service(`${gatewayName}-metrics`, namespace, gatewayLabels, "metrics");
}

/** Arguments of the operator's PodDisruptionBudget. */
export function disruptionBudget(namespace: string) {
  return budget(operatorName, namespace, operatorLabels);
}

/** Arguments of the gateway's PodDisruptionBudget. */
export function gatewayDisruptionBudget(namespace: string) {
  return budget(gatewayName, namespace, gatewayLabels);
}

/** A drained node takes one replica at a time. */
function budget(name: string, namespace: string, matchLabels: Readonly<Record<string, string>>) {
  return {
    metadata: { name, namespace },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels },
      // Replicas that crash do no work: they must not hold up a drain.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

function service(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  port: keyof typeof gatewayPorts,
) {
  return {
    metadata: { name, namespace, labels, annotations: skipAwait },
    spec: { selector: labels, ports: [{ name: port, port: gatewayPorts[port], targetPort: port }] },
  };
}
