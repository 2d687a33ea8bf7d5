import { closest } from "fastest-levenshtein";

import type { ClusterClient } from "../../kube/client.ts";
import type { KubeObject, ObjectKey, ObjectMeta } from "../../kube/object.ts";

// The lab is a client of the API like any other: it knows the kinds by what the cluster serves, not by the operator's code.
export const apiVersion = "vdi.kasm.io/v1alpha1";

interface Named extends KubeObject {
  metadata: ObjectMeta & { name: string };
}

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** A VDISession as far as the lab shows it. */
export interface Session extends Named {
  spec: { user: string; template: string; desiredState?: "Running" | "Suspended"; persistence?: { enabled?: boolean } };
  status?: {
    phase?: string;
    conditions?: Condition[];
    url?: string;
    nodeName?: string;
    homeClaimName?: string;
    launch?: string;
    message?: string;
  };
}

/** A VDITemplate as far as the lab chooses by it. */
export interface Template extends Named {
  spec: { displayName?: string; resources?: { default?: { gpu?: number } } };
}

export function sessionKey(namespace: string, name: string): ObjectKey {
  return { apiVersion, kind: "VDISession", metadata: { namespace, name } };
}

export function readyCondition({ status }: Session): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

export async function listSessions(client: ClusterClient, namespace: string): Promise<Session[]> {
  const found = await client.list(apiVersion, "VDISession", { namespace });
  return (found as KubeObject[] as Session[]).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

export async function listTemplates(client: ClusterClient): Promise<Template[]> {
  const found = await client.list(apiVersion, "VDITemplate");
  return (found as KubeObject[] as Template[]).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/**
 * The object of that name.
 * @param kind as a person calls it: `session`
 * @throws Error that names the closest, and all
 */
export function named<T extends Named>(kind: string, name: string, all: readonly T[]): T {
  const found = all.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const names = all.map(({ metadata }) => metadata.name);
  if (names.length === 0) throw new Error(`There is no ${kind} ${name}; there are no ${kind}s at all.`);
  throw new Error(`There is no ${kind} ${name}. Did you mean ${closest(name, names)}? All: ${names.join(", ")}.`);
}
