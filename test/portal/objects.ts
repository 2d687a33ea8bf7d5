import type { Node, Pod } from "../../kube/kinds.ts";
import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import type { Person } from "../../portal/rights/person.ts";
import { aSession } from "../operator/access/a-session.ts";

export const namespace = "kasm-vdi";
export const alice: Person = { user: "alice@example.com", groups: ["designers"], isAdmin: false };
export const bob: Person = { user: "bob@example.com", groups: [], isAdmin: false };
export const admin: Person = { user: "carol@example.com", groups: ["vdi-admins"], isAdmin: true };

export function session(
  name: string,
  spec: Partial<VDISession["spec"]> = {},
  status: VDISession["status"] = {},
): VDISession {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: "10", creationTimestamp: "2026-01-01T00:00:00Z" };
  return { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", ...aSession({ metadata, spec, status }) };
}

export function template(name: string, spec: Partial<VDITemplate["spec"]> = {}): VDITemplate {
  return {
    ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate", metadata: { name, resourceVersion: "10" } },
    spec: { resources: {}, gpuResourceName: "nvidia.com/gpu", ...spec } as VDITemplate["spec"],
  };
}

export function node(name: string, slices: number, labels: Record<string, string> = {}): Node {
  return {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name, labels, resourceVersion: "10" } },
    status: {
      allocatable: { cpu: "8", "nvidia.com/gpu": String(slices) },
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
}

export function gpuPod(name: string, nodeName: string, sessionName?: string): Pod {
  const owner = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", name: sessionName ?? "", uid: "" };
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      name,
      namespace,
      resourceVersion: "10",
      ...(sessionName !== undefined && { ownerReferences: [owner] }),
    },
    spec: { nodeName, containers: [{ name: "desktop", resources: { limits: { cpu: "2", "nvidia.com/gpu": "1" } } }] },
    status: { phase: "Running" },
  };
}
