import { EnvironmentReader, programSettings } from "../operator/environment.ts";
import type { ProgramSettings } from "../operator/environment.ts";

/** What the portal is told by its environment; the names are a contract with components/portal. */
export interface PortalSettings extends ProgramSettings {
  /** Where it runs itself, beside what it has to remember. */
  readonly ownNamespace: string;
  /** Where browsers reach it, without a path: `https://my.desktops.example.com`. */
  readonly url: URL;
  /** File with the key that cookies are sealed with. */
  readonly keyFile: string;
  /** Where the gateway gives links. */
  readonly linksUrl: string;
  /** File with the token of the portal's own ServiceAccount, read anew for each link. */
  readonly tokenFile: string;
  /** Members of these groups see and do all; the sign-in says who is in them. */
  readonly adminGroups: readonly string[];
  readonly signIn: OidcSettings | HeaderSettings;
  /** How long it goes on answering after it was told to end. */
  readonly drainSeconds: number;
  readonly ports: { readonly metrics: number; readonly health: number; readonly web: number };
}

/** Sign-in by OpenID Connect. */
export interface OidcSettings {
  readonly kind: "oidc";
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client, which PKCE alone protects. */
  readonly clientSecretFile: string | undefined;
  readonly scopes: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
}

/** Sign-in by a middleware of the site, which tells in headers who it is. */
export interface HeaderSettings {
  readonly kind: "header";
  readonly userHeader: string;
  readonly groupsHeader: string | undefined;
  /** File with what our own route adds to each request: from others no header is believed. */
  readonly proxySecretFile: string;
}

/**
 * @param variables usually `process.env`
 * @throws SettingsError that names every variable that is missing or wrong, and what is allowed
 */
export function loadPortalSettings(variables: Readonly<Record<string, string | undefined>>): PortalSettings {
  const environment = new EnvironmentReader(variables);
  const settings: PortalSettings = {
    ...programSettings(environment),
    ownNamespace: environment.text("POD_NAMESPACE"),
    url: originOf(environment),
    keyFile: environment.text("VDI_PORTAL_KEY_FILE"),
    linksUrl: environment.text("VDI_PORTAL_LINKS_URL"),
    tokenFile: environment.text("VDI_PORTAL_TOKEN_FILE", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
    adminGroups: environment.list("VDI_PORTAL_ADMIN_GROUPS"),
    signIn: signInSettings(environment),
    drainSeconds: environment.integer("VDI_DRAIN_SECONDS", 10, 300),
    ports: {
      metrics: environment.port("VDI_METRICS_PORT", 8080),
      health: environment.port("VDI_HEALTH_PORT", 8081),
      web: environment.port("VDI_PORTAL_PORT", 8082),
    },
  };
  environment.check("the portal's");
  return settings;
}

function originOf(environment: EnvironmentReader): URL {
  const text = environment.text("VDI_PORTAL_URL");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.origin === text) return url;
  if (text !== "") environment.problem(`VDI_PORTAL_URL is "${text}", allowed: https://, a host, and nothing behind it`);
  return new URL("https://unknown.invalid");
}

function signInSettings(environment: EnvironmentReader): OidcSettings | HeaderSettings {
  const issuer = environment.value("VDI_PORTAL_OIDC_ISSUER");
  const userHeader = environment.value("VDI_PORTAL_USER_HEADER");
  if ((issuer === undefined) === (userHeader === undefined))
    environment.problem("one of VDI_PORTAL_OIDC_ISSUER and VDI_PORTAL_USER_HEADER has to be set, and not both");
  if (issuer === undefined)
    return {
      kind: "header",
      userHeader: (userHeader ?? "").toLowerCase(),
      groupsHeader: environment.value("VDI_PORTAL_GROUPS_HEADER")?.toLowerCase(),
      proxySecretFile: environment.text("VDI_PORTAL_PROXY_SECRET_FILE"),
    };
  return {
    kind: "oidc",
    issuer,
    clientId: environment.text("VDI_PORTAL_OIDC_CLIENT_ID"),
    clientSecretFile: environment.value("VDI_PORTAL_OIDC_CLIENT_SECRET_FILE"),
    scopes: environment.text("VDI_PORTAL_OIDC_SCOPES", "openid email profile"),
    userClaim: environment.text("VDI_PORTAL_OIDC_USER_CLAIM", "email"),
    groupsClaim: environment.text("VDI_PORTAL_OIDC_GROUPS_CLAIM", "groups"),
  };
}
