import type * as k8s from "@pulumi/kubernetes";
import { gatewayName } from "../vdi-operator/rbac.ts";
import { gatewayPorts } from "../vdi-operator/services.ts";
import { workloadDeployment } from "../vdi-operator/workload.ts";
import { proxySecretName } from "./proxy.ts";
import { portalLabels, portalName, portalPorts, portalUrl } from "./settings.ts";
import type { PortalSettings } from "./settings.ts";

/** Secret with what cookies are sealed with, under the key `key`. */
export const keySecretName = "portal-key";

/** Secret with what the issuer knows the portal by, under the key `client-secret`. */
export const oidcSecretName = "portal-oidc";

const keyPath = "/etc/kasm-portal/key";
const proxyPath = "/etc/kasm-portal/proxy";
const oidcPath = "/etc/kasm-portal/oidc";
const drainSeconds = 10;

/** Arguments of the portal's Deployment. */
export function portalDeployment(settings: PortalSettings): k8s.types.input.apps.v1.Deployment {
  const { operatorNamespace, program, replicas, registry, oidc, userHeader } = settings;
  return workloadDeployment({
    ...{ name: portalName, namespace: operatorNamespace, labels: portalLabels, program, registry, replicas },
    // A replica goes when the one in its place is ready.
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    graceSeconds: drainSeconds + 20,
    container: {
      ...{ name: "portal", ports: portalPorts, variables: portalVariables(settings), readyPeriodSeconds: 5 },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "320Mi" } },
    },
    secrets: [
      { name: "key", secretName: keySecretName, path: keyPath },
      ...(oidc?.clientSecret === undefined ? [] : [{ name: "oidc", secretName: oidcSecretName, path: oidcPath }]),
      ...(userHeader === undefined ? [] : [{ name: "proxy", secretName: proxySecretName, path: proxyPath }]),
    ],
  });
}

/** What the portal is told, besides its pod's own name and namespace (docs/components/portal.md). */
export function portalVariables(settings: PortalSettings): Record<string, string> {
  const { namespace, operatorNamespace, domain, logLevel, adminGroups, oidc, userHeader, groupsHeader } = settings;
  return {
    VDI_NAMESPACE: namespace,
    VDI_DOMAIN: domain,
    VDI_LOG_LEVEL: logLevel,
    VDI_DRAIN_SECONDS: String(drainSeconds),
    VDI_PORTAL_URL: portalUrl(settings),
    VDI_PORTAL_KEY_FILE: `${keyPath}/key`,
    VDI_PORTAL_LINKS_URL: `http://${gatewayName}.${operatorNamespace}.svc:${gatewayPorts.access}/links`,
    ...(adminGroups.length > 0 && { VDI_PORTAL_ADMIN_GROUPS: adminGroups.join() }),
    ...(oidc && {
      VDI_PORTAL_OIDC_ISSUER: oidc.issuer,
      VDI_PORTAL_OIDC_CLIENT_ID: oidc.clientId,
      ...(oidc.clientSecret !== undefined && { VDI_PORTAL_OIDC_CLIENT_SECRET_FILE: `${oidcPath}/client-secret` }),
      VDI_PORTAL_OIDC_SCOPES: oidc.scopes,
      VDI_PORTAL_OIDC_USER_CLAIM: oidc.userClaim,
      VDI_PORTAL_OIDC_GROUPS_CLAIM: oidc.groupsClaim,
    }),
    ...(userHeader !== undefined && {
      VDI_PORTAL_USER_HEADER: userHeader,
      VDI_PORTAL_PROXY_SECRET_FILE: `${proxyPath}/secret`,
    }),
    ...(groupsHeader !== undefined && { VDI_PORTAL_GROUPS_HEADER: groupsHeader }),
    NODE_OPTIONS: "--max-old-space-size=224 --max-semi-space-size=2",
  };
}
