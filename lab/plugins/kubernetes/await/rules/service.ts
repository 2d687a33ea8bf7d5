import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import { ofKind } from "../readiness.ts";
import type { Observation, ReadinessRule } from "../readiness.ts";
import type { Plain } from "../plain.ts";

// A Service is often made before its Pods, which may even depend on it. The official provider waits this long after
// the last change of the endpoints, and then takes a Service without any Pod as it is.
const settleSeconds = 10;

/**
 * Ready when a selector's endpoints are all ready (none at all is accepted after a settling time) and a LoadBalancer
 * has an address. Headless, ExternalName and selector-less Services have nothing to wait for but the address.
 */
export const service: ReadinessRule = {
  related(live) {
    const { metadata } = live as Plain<V1Service>;
    if (!targetsPods(live)) return [];
    const labelSelector = `kubernetes.io/service-name=${metadata?.name ?? ""}`;
    const namespace = metadata?.namespace ?? "default";
    return [{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", namespace, labelSelector }];
  },

  readiness(seen) {
    const live = seen.live as Plain<V1Service>;
    const targets = targetsPods(live) ? targetState(seen) : { done: true };
    if (!targets.done) return targets;
    const needsAddress = live.spec?.type === "LoadBalancer" && !live.status?.loadBalancer?.ingress?.length;
    if (!needsAddress) return { done: true, message: "Service is ready" };
    return {
      done: false,
      message: "Waiting for an address of the load balancer",
      reasons: [
        "no load balancer address in .status.loadBalancer; on K3s ServiceLB gives one when its Pods run and the ports are free",
      ],
    };
  },
};

function targetsPods({ spec }: Plain<V1Service>): boolean {
  const hasSelector = Object.keys(spec?.selector ?? {}).length > 0;
  return hasSelector && spec?.type !== "ExternalName" && spec?.clusterIP !== "None";
}

function targetState(seen: Observation): ReturnType<ReadinessRule["readiness"]> {
  const endpoints = (ofKind(seen, "EndpointSlice") as Plain<V1EndpointSlice>[]).flatMap(
    (slice) => slice.endpoints ?? [],
  );
  const serving = endpoints.filter(({ conditions }) => !conditions?.terminating);
  const pending = serving.filter(({ conditions }) => conditions?.ready === false);
  if (pending.length > 0) {
    const names = pending.map(({ targetRef }) => targetRef?.name ?? "?").join(", ");
    return {
      done: false,
      message: `Waiting for ${pending.length} of ${serving.length} Pods to be ready`,
      reasons: [`Pods behind it are not ready: ${names}`],
    };
  }
  if (serving.length > 0 || seen.waitedSeconds >= settleSeconds) return { done: true };
  return {
    done: false,
    message: "Finding Pods to direct traffic to",
    reasons: ["it targets no Pods: none matches .spec.selector, or none is ready"],
  };
}
