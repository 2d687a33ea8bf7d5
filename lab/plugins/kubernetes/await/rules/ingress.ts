import type { V1Ingress } from "@kubernetes/client-node";
import { ofKind } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import type { Plain } from "../plain.ts";

// As long as the official provider gives a missing backend Service before it goes on without it.
const graceSeconds = 60;

/** Ready when a controller has put an address into its status; its backend Services should exist by then. */
export const ingress: ReadinessRule = {
  related(live) {
    const namespace = live.metadata?.namespace ?? "default";
    return backends(live as Plain<V1Ingress>).map((name) => ({
      key: { apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
    }));
  },

  readiness(seen) {
    const live = seen.live as Plain<V1Ingress>;
    const found = new Set(ofKind(seen, "Service").map(({ metadata }) => metadata?.name));
    const missing = backends(live).filter((name) => !found.has(name));
    const hasAddress = Boolean(live.status?.loadBalancer?.ingress?.length);
    const missingReason = missing.length > 0 ? [`its backend Service does not exist: ${missing.join(", ")}`] : [];
    if (missing.length > 0 && seen.waitedSeconds < graceSeconds)
      return { done: false, message: `Waiting for backend Service ${missing.join(", ")}`, reasons: missingReason };
    if (hasAddress) return { done: true, message: "Ingress has an address", ...withWarning(missingReason) };
    const className = live.spec?.ingressClassName;
    return {
      done: false,
      message: "Waiting for an address in .status.loadBalancer",
      reasons: [
        ...missingReason,
        `no address in .status.loadBalancer; is a controller for ${className ? `IngressClass ${className}` : "the default IngressClass"} running, and does it publish its address?`,
      ],
    };
  },
};

function withWarning([warning]: string[]): { warning?: string } {
  return warning === undefined ? {} : { warning };
}

function backends({ spec }: Plain<V1Ingress>): string[] {
  const paths = (spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
  const names = [spec?.defaultBackend, ...paths.map(({ backend }) => backend)].map((backend) => backend?.service?.name);
  return [...new Set(names.filter((name) => name !== undefined))];
}
