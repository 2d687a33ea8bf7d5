import { z } from "zod";
import { EnvironmentReader, programSettings } from "./environment.ts";
import type { ProgramSettings } from "./environment.ts";

/** What the operator is told by its environment; the names are a contract with components/vdi-operator/deployment.ts. */
export interface Settings extends ProgramSettings {
  /** Where the operator runs, and its Lease is. */
  readonly ownNamespace: string;
  readonly leaderElection: boolean;
  /** The most desktops of one user at once; undefined: as many as they like. */
  readonly maxSessionsPerUser: number | undefined;
  /** Middlewares of every route, after the one that asks the gateway. */
  readonly sessionMiddlewares: readonly string[];
  readonly sessionTransport: string;
  /** Middleware that asks the gateway whether to let a request in. */
  readonly accessMiddleware: string;
  /** Middlewares of the site before it, one that signs people in for example. */
  readonly extraMiddlewares: readonly string[];
  readonly traefikNamespace: string;
  /** Where Traefik is asked whether an address is live; undefined: nowhere. */
  readonly traefikUrl: string | undefined;
  readonly pullSecret: string | undefined;
  readonly turn: TurnSettings | undefined;
  /**
   * `direct`: the operator itself asks stream and route, besides the kubelet. `kubelet`: the pod's readiness alone counts,
   * for where the operator has no way to pods.
   */
  readonly streamCheck: "direct" | "kubelet";
  readonly ports: { readonly metrics: number; readonly health: number };
}

const turnEndpoint = z.object({
  host: z.string().min(1),
  realm: z.string().min(1),
  ports: z.object({ listen: z.int().min(1).max(65535), tls: z.int().min(1).max(65535) }),
  transports: z.array(z.enum(["udp", "tcp", "tls"])).min(1),
});

export interface TurnSettings extends z.infer<typeof turnEndpoint> {
  readonly secretFile: string;
}

/**
 * @param variables usually `process.env`
 * @throws SettingsError that names every variable that is missing or wrong, and what is allowed
 */
export function loadSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const environment = new EnvironmentReader(variables);
  const traefikNamespace = environment.text("VDI_TRAEFIK_NAMESPACE", "kube-system");
  const settings: Settings = {
    ...programSettings(environment),
    ownNamespace: environment.text("POD_NAMESPACE"),
    leaderElection: environment.choice("VDI_LEADER_ELECTION", ["true", "false"], "true") === "true",
    maxSessionsPerUser: environment.count("VDI_MAX_SESSIONS_PER_USER"),
    sessionMiddlewares: environment.list("VDI_SESSION_MIDDLEWARES", "session-headers,session-errors,session-retry"),
    sessionTransport: environment.text("VDI_SESSION_TRANSPORT", "session-self-signed"),
    accessMiddleware: environment.text("VDI_ACCESS_MIDDLEWARE", "session-access"),
    extraMiddlewares: environment.list("VDI_ACCESS_EXTRA_MIDDLEWARES"),
    traefikNamespace,
    traefikUrl: environment.url("VDI_TRAEFIK_URL", `https://traefik.${traefikNamespace}.svc`),
    pullSecret: environment.value("VDI_PULL_SECRET"),
    turn: turnSettings(environment),
    streamCheck: environment.choice("VDI_STREAM_CHECK", ["direct", "kubelet"], "direct"),
    ports: {
      metrics: environment.port("VDI_METRICS_PORT", 8080),
      health: environment.port("VDI_HEALTH_PORT", 8081),
    },
  };
  environment.check("the operator's");
  return settings;
}

function turnSettings(environment: EnvironmentReader): TurnSettings | undefined {
  const json = environment.value("VDI_TURN");
  if (json === undefined) return undefined;
  const secretFile = environment.value("VDI_TURN_SECRET_FILE");
  if (secretFile === undefined) environment.problem("VDI_TURN_SECRET_FILE is missing, but VDI_TURN is there");
  const endpoint = turnEndpoint.safeParse(parseJson(json));
  if (endpoint.success) return { ...endpoint.data, secretFile: secretFile ?? "" };
  for (const { path, message } of endpoint.error.issues)
    environment.problem(`VDI_TURN${path.length > 0 ? `.${path.join(".")}` : ""}: ${message}`);
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
