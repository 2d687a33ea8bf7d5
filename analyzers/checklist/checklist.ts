import type { Cluster } from "../cluster.ts";
import { claimsBound } from "./claims.ts";
import { ingressConfigured } from "./ingress.ts";
import type { ChecklistItem } from "./item.ts";
import { podsRunning } from "./pods.ts";
import { servicesExposed } from "./services.ts";
import { webUiAccessible } from "./web-ui.ts";

/** Whether an installation in a namespace is in use, in the order of the troubleshooting checklist. */
export function checklistOf(cluster: Cluster, namespace: string): ChecklistItem[] {
  return [
    podsRunning(cluster, namespace),
    servicesExposed(cluster, namespace),
    claimsBound(cluster, namespace),
    ingressConfigured(cluster, namespace),
    webUiAccessible(cluster),
  ];
}
