import type { VDITemplate } from "../api/objects.ts";
import { durationMs } from "../api/time.ts";
import type { RuntimeProfile } from "./runtime-profiles.ts";

/** Name of the port that the desktop streams on. */
export const streamPort = "stream";

/** The kubelet asks the path where one answers without password, else whether the port takes connections. */
export function probes(spec: VDITemplate["spec"], { healthPath, scheme }: RuntimeProfile) {
  const ask =
    healthPath === undefined
      ? { tcpSocket: { port: streamPort } }
      : { httpGet: { path: healthPath, port: streamPort, scheme: scheme.toUpperCase() } };
  return {
    // Asked each second, since a person waits for it.
    startupProbe: { ...ask, timeoutSeconds: 3, ...startupProbe(spec) },
    readinessProbe: { ...ask, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { ...ask, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

/** How often the startup probe asks, and how often it may fail. */
export function startupProbe(spec: Pick<VDITemplate["spec"], "progressDeadline">) {
  return { periodSeconds: 1, failureThreshold: startupSeconds(spec) };
}

const leastSeconds = 120;
const mostSeconds = 24 * 60 * 60;

/**
 * How long the desktop's container may take until its stream answers, before the kubelet starts it anew: as long as the
 * session may take before it counts as failed. A start anew sooner would end images that do much at their first start
 * (packages, mods) for ever; a deadline that is short is for who waits, not for the image.
 */
export function startupSeconds({ progressDeadline }: Pick<VDITemplate["spec"], "progressDeadline">): number {
  return Math.min(mostSeconds, Math.max(leastSeconds, Math.ceil(durationMs(progressDeadline) / 1000)));
}
