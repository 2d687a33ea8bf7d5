import type { VDISession, VDITemplate } from "../../../operator/api/objects.ts";
import { hostOf } from "../../../operator/resources/names.ts";

export const domain = "desktops.example.com";
export const key = Buffer.alloc(32, "signing key");
/** EvaluationTime at which the tests begin. */
export const begin = Date.parse("2026-01-01T00:00:00Z");

/** A desktop of alice that runs, to be changed by what a test is about. */
export function aSession(
  changes: {
    metadata?: Partial<VDISession["metadata"]>;
    spec?: Partial<VDISession["spec"]>;
    status?: VDISession["status"];
  } = {},
): VDISession {
  return {
    metadata: { name: "alice", namespace: "kasm-vdi", uid: "uid-of-alice", generation: 1, ...changes.metadata },
    spec: {
      user: "alice@example.com",
      template: "ubuntu",
      desiredState: "Running",
      persistence: { enabled: true, size: "10Gi", reclaim: "Retain" },
      timeout: "8h",
      ...changes.spec,
    },
    status: {
      phase: "Running",
      conditions: [condition("Ready", "True")],
      podName: "alice-pod",
      credentialsSecretName: "alice-pod",
      expiresAt: "2026-01-01T08:00:00Z",
      ...changes.status,
    },
  };
}

export function condition(type: string, status: "True" | "False") {
  return { type, status, reason: "Test", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
}

export function aTemplate(access: VDITemplate["spec"]["access"]): VDITemplate {
  return { metadata: { name: "ubuntu" }, spec: { access } } as VDITemplate;
}

export const aliceHost = hostOf(aSession(), domain);
