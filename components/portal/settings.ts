import type { Registry } from "../objects/image.ts";
import type { OperatorProgram } from "../vdi-operator/program.ts";

/** Name of the portal's Deployment, ServiceAccount, Service, route and policies. */
export const portalName = "kasm-portal";

/** ConfigMap, Role and RoleBinding of what the portal remembers; the portal knows the ConfigMap by this name. */
export const portalRecordName = "kasm-portal-record";

/** Labels of the portal's pods. */
export const portalLabels = { "app.kubernetes.io/name": portalName };

/** Ports of its containers, which its Services have as well. */
export const portalPorts = { metrics: 8080, health: 8081, web: 8082 };

/** Sign-in by OpenID Connect. */
export interface PortalOidc {
  /** Address of the issuer, below which its discovery document is. */
  readonly issuer: string;
  readonly clientId: string;
  /** Default: a public client, which PKCE alone protects. */
  readonly clientSecret?: string;
  readonly scopes: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
}

export interface PortalSettings {
  /** Of sessions. */
  readonly namespace: string;
  /** Where the portal runs, beside operator and gateway. */
  readonly operatorNamespace: string;
  readonly traefikNamespace: string;
  /** Base domain. */
  readonly domain: string;
  /** Its own name below the domain. */
  readonly host: string;
  readonly replicas: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly registry: Registry;
  /** Members of these groups see and do all. */
  readonly adminGroups: readonly string[];
  /** One of both. */
  readonly oidc?: PortalOidc;
  readonly userHeader?: string;
  readonly groupsHeader?: string;
  /** Middlewares in the portal's namespace that requests pass before they reach it. */
  readonly middlewares: readonly string[];
  readonly program: OperatorProgram;
}

/** Where browsers reach it. */
export function portalUrl({ host }: Pick<PortalSettings, "host">): string {
  return `https://${host}`;
}
