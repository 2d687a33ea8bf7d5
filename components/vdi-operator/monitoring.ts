import { alerts } from "./alerts.ts";
import { dashboard } from "./dashboard.ts";
import { gatewayName, operatorName } from "./rbac.ts";
import { operatorLabels } from "./services.ts";

const monitoringApi = "monitoring.coreos.com/v1";

/** Arguments of the ConfigMap that the sidecar of Grafana's chart loads dashboards from, by this label. */
export function dashboardConfigMap(operatorNamespace: string) {
  return {
    metadata: {
      name: `${operatorName}-dashboard`,
      namespace: operatorNamespace,
      labels: { ...operatorLabels, grafana_dashboard: "1" },
    },
    data: { "kasm-vdi.json": JSON.stringify(dashboard(), null, 2) },
  };
}

/** What the Prometheus operator reads, by the end of its resource's name. Without its CRDs the API server refuses them. */
export function prometheusObjects(operatorNamespace: string) {
  const metadata = { name: operatorName, namespace: operatorNamespace, labels: operatorLabels };
  return {
    "service-monitor": {
      ...{ apiVersion: monitoringApi, kind: "ServiceMonitor", metadata },
      spec: {
        // Of the gateway's Services, which have the same labels, only one has this port.
        selector: {
          matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: [operatorName, gatewayName] }],
        },
        endpoints: [{ port: "metrics", interval: "30s" }],
      },
    },
    "prometheus-rule": {
      ...{ apiVersion: monitoringApi, kind: "PrometheusRule", metadata },
      spec: {
        groups: [
          {
            name: "kasm-vdi",
            rules: alerts.map(({ name, severity, expression, summary, for: after }) => ({
              ...{ alert: name, expr: expression, for: after, labels: { severity } },
              annotations: { summary, runbook: `docs/alerts.md#${name.toLowerCase()}` },
            })),
          },
        ],
      },
    },
  };
}
