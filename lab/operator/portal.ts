import { join } from "node:path";
import { keySecretName, portalVariables } from "../../components/portal/deployment.ts";
import { portalName } from "../../components/portal/settings.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { plannedOutputs } from "../../stacks/outputs.ts";
import type { LabLayout } from "../cluster/layout.ts";
import type { Ports } from "../cluster/ports.ts";
import { keepPrivateFile } from "../cluster/private-files.ts";
import { clientId } from "../identity/provider.ts";
import { keepIdentity, secretValue } from "./identity.ts";

/** Where the lab's portal is reached, on this machine alone. */
export function labPortalUrl(ports: Pick<Ports, "portal-web">): string {
  return `http://127.0.0.1:${ports["portal-web"]}`;
}

/** Where the lab's identity provider is. */
export function labIssuer(ports: Pick<Ports, "identity">): string {
  return `http://127.0.0.1:${ports.identity}`;
}

/**
 * Writes what the portal is started with, and returns what the stack's Deployment would tell it, changed where it runs beside
 * the cluster. Undefined where the stack has none.
 */
export async function preparePortal(
  layout: LabLayout,
  config: StackConfig,
  client: ClusterClient,
  ports: Ports,
): Promise<Record<string, string> | undefined> {
  const { portal, domain, namespaces, registry } = config;
  if (!portal) return undefined;
  const account = { namespace: namespaces.operator, name: portalName };
  const token = await keepIdentity(layout, client, { component: "portal", account });
  const tokenFile = join(layout.operatorSecrets, "portal-token");
  keepPrivateFile(tokenFile, token);
  const keyFile = join(layout.operatorSecrets, "portal-key");
  keepPrivateFile(keyFile, await secretValue(client, { ...account, name: keySecretName }, "key"));
  return {
    ...portalVariables({
      ...portal,
      ...{ domain, registry, namespace: namespaces.vdi, operatorNamespace: namespaces.operator },
      traefikNamespace: plannedOutputs(config).namespaces.traefik,
      program: { kind: "bundle", text: "" },
    }),
    POD_NAME: "kasm-portal-lab",
    POD_NAMESPACE: namespaces.operator,
    VDI_DRAIN_SECONDS: "0",
    VDI_PORTAL_URL: labPortalUrl(ports),
    VDI_PORTAL_KEY_FILE: keyFile,
    VDI_PORTAL_TOKEN_FILE: tokenFile,
    VDI_PORTAL_LINKS_URL: `http://127.0.0.1:${ports["gateway-access"]}/links`,
    VDI_PORTAL_OIDC_ISSUER: labIssuer(ports),
    VDI_PORTAL_OIDC_CLIENT_ID: clientId,
  };
}
