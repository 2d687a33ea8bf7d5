import type { AnyObject } from "../../../kube/client.ts";
import { inObjectSet } from "../../k3s/object-set.ts";

/** Of the load-balancer pods, in kube-system. */
export const serviceLbAccount = "svclb";
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
 * ports, so the scheduler leaves it Pending where another Service has them (k3s-io/k3s: pkg/cloudprovider/servicelb.go).
 *
 * @param isAllowList true when some node carries the enablelb label: then only such nodes take part
 */
export function serviceDaemonSet(service: AnyObject, isAllowList: boolean): AnyObject {
  const { name = "", namespace = "", labels = {} } = service.metadata ?? {};
  const { ports = [] } = service.spec as { ports?: ServicePort[] };
  const app = daemonSetName(service);
  const pool = labels[poolLabel];
  const serviceLabels = { [serviceNameLabel]: name, [serviceNamespaceLabel]: namespace };
  const nodeSelector = isAllowList ? { [enabledLabel]: "true", ...(pool && { [poolLabel]: pool }) } : {};
  return inObjectSet(
    { gvk: "/v1, Kind=Service", name, namespace },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: {
        name: app,
        namespace: "kube-system",
        labels: { ...serviceLabels, "svccontroller.k3s.cattle.io/nodeselector": String(isAllowList) },
      },
      spec: {
        selector: { matchLabels: { app } },
        template: {
          metadata: { labels: { app, ...serviceLabels } },
          spec: {
            priorityClassName: "system-node-critical",
            serviceAccountName: serviceLbAccount,
            automountServiceAccountToken: false,
            nodeSelector,
            tolerations: [
              { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
              { key: "CriticalAddonsOnly", operator: "Exists" },
            ],
            containers: ports.map(({ port, protocol = "TCP" }) => ({
              name: `lb-${protocol.toLowerCase()}-${port}`,
              image: "rancher/klipper-lb:v0.4.15",
              ports: [{ name: `lb-${protocol.toLowerCase()}-${port}`, containerPort: port, hostPort: port, protocol }],
              securityContext: { capabilities: { add: ["NET_ADMIN"] } },
            })),
          },
        },
        updateStrategy: { type: "RollingUpdate" },
      },
    },
  );
}

/** Cut, so that it fits into the label of its pods. */
export function daemonSetName({ metadata }: AnyObject): string {
  const name = (metadata?.name ?? "").slice(0, 48).replace(/-+$/, "");
  return `svclb-${name}-${(metadata?.uid ?? "").slice(0, 8)}`;
}

/** Whether some node has been listed for ServiceLB, which shuts out all others. */
export function hasAllowList(nodes: AnyObject[]): boolean {
  return nodes.some(({ metadata }) => metadata?.labels?.[enabledLabel] !== undefined);
}
