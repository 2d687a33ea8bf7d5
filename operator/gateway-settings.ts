import { EnvironmentReader, programSettings } from "./environment.ts";
import type { ProgramSettings } from "./environment.ts";

/** What the gateway is told by its environment; the names are a contract with components/vdi-operator/gateway.ts. */
export interface GatewaySettings extends ProgramSettings {
  /** File with the key that links and cookies are signed with. */
  readonly accessKeyFile: string;
  /**
   * Header with the user's name that a middleware before ours sets, for sign-in by OpenID Connect, and the file with the end of
   * the path at which it is believed.
   */
  readonly userHeader: { readonly name: string; readonly pathFile: string } | undefined;
  /** How long it goes on answering after it was told to end: so long may others take to hear of it. */
  readonly drainSeconds: number;
  readonly ports: { readonly metrics: number; readonly health: number; readonly access: number };
}

/**
 * @param variables usually `process.env`
 * @throws SettingsError that names every variable that is missing or wrong, and what is allowed
 */
export function loadGatewaySettings(variables: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const environment = new EnvironmentReader(variables);
  const settings: GatewaySettings = {
    ...programSettings(environment),
    accessKeyFile: environment.text("VDI_ACCESS_KEY_FILE"),
    userHeader: userHeader(environment),
    drainSeconds: environment.integer("VDI_DRAIN_SECONDS", 10, 300),
    ports: {
      metrics: environment.port("VDI_METRICS_PORT", 8080),
      health: environment.port("VDI_HEALTH_PORT", 8081),
      access: environment.port("VDI_ACCESS_PORT", 8082),
    },
  };
  environment.check("the gateway's");
  return settings;
}

function userHeader(environment: EnvironmentReader): GatewaySettings["userHeader"] {
  const name = environment.value("VDI_ACCESS_USER_HEADER");
  if (name === undefined) return undefined;
  if (environment.list("VDI_ACCESS_EXTRA_MIDDLEWARES").length === 0)
    environment.problem(
      "VDI_ACCESS_USER_HEADER is set, but no VDI_ACCESS_EXTRA_MIDDLEWARES that sets the header: anybody could",
    );
  return { name, pathFile: environment.text("VDI_ACCESS_PATH_FILE") };
}
