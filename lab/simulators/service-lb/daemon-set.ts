import type { AnyObject } from "../../../kube/client.ts";

export const serviceNameLabel = "svccontroller.k3s.cattle.io/svcname";
export const serviceNamespaceLabel = "svccontroller.k3s.cattle.io/svcnamespace";
const poolLabel = "svccontroller.k3s.cattle.io/lbpool";
const enabledLabel = "svccontroller.k3s.cattle.io/enablelb";

interface ServicePort {
  port: number;
  protocol?: string;
}

/**
 * The DaemonSet that ServiceLB makes for a LoadBalancer Service: one pod per node whose host ports are the Service's
 * ports, so the scheduler leaves it Pending where another Service has them (facts k3s-traefik 6).
 *
 * @param isAllowList true when some node carries the enablelb label: then only such nodes take part
 */
export function serviceDaemonSet(service: AnyObject, isAllowList: boolean): AnyObject {
  const { name = "", namespace = "", labels = {} } = service.metadata ?? {};
  const { ports = [] } = service.spec as { ports?: ServicePort[] };
  const app = daemonSetName(service);
  const pool = labels[poolLabel];
  const podLabels = { app, [serviceNameLabel]: name, [serviceNamespaceLabel]: namespace };
  const nodeSelector = { ...(isAllowList && { [enabledLabel]: "true" }), ...(pool && { [poolLabel]: pool }) };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: app, namespace: "kube-system", labels: podLabels },
    spec: {
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: podLabels },
        spec: {
          priorityClassName: "system-node-critical",
          automountServiceAccountToken: false,
          nodeSelector,
          tolerations: [
            { key: "node-role.kubernetes.io/master", operator: "Exists", effect: "NoSchedule" },
            { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
            { key: "CriticalAddonsOnly", operator: "Exists" },
          ],
          containers: ports.map(({ port, protocol = "TCP" }) => ({
            name: `lb-${protocol.toLowerCase()}-${port}`,
            image: "rancher/klipper-lb:v0.4.13",
            ports: [{ name: `lb-${protocol.toLowerCase()}-${port}`, containerPort: port, hostPort: port, protocol }],
          })),
        },
      },
      updateStrategy: { type: "RollingUpdate" },
    },
  };
}

export function daemonSetName(service: AnyObject): string {
  return `svclb-${service.metadata?.name ?? ""}-${(service.metadata?.uid ?? "").slice(0, 8)}`;
}

/** Whether some node has been listed for ServiceLB, which shuts out all others. */
export function hasAllowList(nodes: AnyObject[]): boolean {
  return nodes.some(({ metadata }) => metadata?.labels?.[enabledLabel] !== undefined);
}
