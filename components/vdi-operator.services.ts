import { skipAwait } from "./skip-await.ts";
import { operatorName } from "./vdi-operator.rbac.ts";

/** Labels of the operator's pods; the first is what tools for controllers look for. */
export const operatorLabels = {
  "control-plane": "controller-manager",
  "app.kubernetes.io/name": "kasm-operator",
};

/** Ports of the operator's containers, which its Services have as well. */
export const operatorPorts = { metrics: 8080, health: 8081, access: 8082 };

/** Name of the Service that Traefik asks whom to let in. */
export const accessServiceName = `${operatorName}-access`;

/** Arguments of the Service that metrics are scraped from. */
export function metricsService(operatorNamespace: string) {
  return service(`${operatorName}-metrics`, operatorNamespace, "metrics");
}

/** Arguments of the Service that Traefik asks whom to let in. Every replica answers, whoever leads. */
export function accessService(operatorNamespace: string) {
  return service(accessServiceName, operatorNamespace, "access");
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

function service(name: string, namespace: string, port: keyof typeof operatorPorts) {
  return {
    metadata: { name, namespace, labels: operatorLabels, annotations: skipAwait },
    spec: { selector: operatorLabels, ports: [{ name: port, port: operatorPorts[port], targetPort: port }] },
  };
}
