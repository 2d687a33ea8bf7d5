import { z } from "zod";

import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { serviceAccountToken } from "../operator/service-account-token.ts";

/** Stands for a portal of one's own, which asks for links on behalf of the people who are signed in to it. */
export const portal = { namespace: "default", name: "lab-portal" };

const linkAnswer = z.object({ url: z.url(), expiresAt: z.string() });
const refusalAnswer = z.object({ message: z.string() });

/** What lets the portal act for users in the namespace of sessions. */
export function portalObjects(namespace: string): (AnyObject & { kind: string })[] {
  const rbac = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: portal, automountServiceAccountToken: false },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name: portal.name, namespace },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "kasm-vdi-session-manager" },
      subjects: [{ kind: "ServiceAccount", ...portal }],
    },
  ];
}

/** The same address on the port of this machine that leads to Traefik. */
export function onPort(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}

/**
 * Asks the gateway for a link that opens a session's desktop, as a portal does.
 * @param accessPort where the gateway listens on this machine
 * @throws Error with the gateway's refusal, or when it does not listen
 */
export async function sessionLink(
  client: ClusterClient,
  { namespace, session, accessPort }: { namespace: string; session: string; accessPort: number },
): Promise<{ url: string; expiresAt: string }> {
  for (const object of portalObjects(namespace))
    await client.apply(object, { fieldManager: "kasm-vdi-lab", force: true });
  const token = await serviceAccountToken(client, portal, { seconds: 600 });
  const response = await fetch(`http://127.0.0.1:${accessPort}/links`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ session }),
  }).catch((error: unknown) => {
    throw new Error(
      `The gateway does not answer on 127.0.0.1:${accessPort}: \`npm run lab status\` tells what it does.`,
      { cause: error },
    );
  });
  const answer: unknown = await response.json();
  if (!response.ok)
    throw new Error(`The gateway gives no link to session ${session}: ${refusalAnswer.parse(answer).message}`);
  return linkAnswer.parse(answer);
}
