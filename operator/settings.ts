import { z } from "zod";

/** What the operator is told by its environment; the names are a contract with components/vdi-operator.deployment.ts. */
export interface Settings {
  /** Where sessions live; no other namespace is looked at. */
  readonly namespace: string;
  /** Base domain; every session gets a name below it. */
  readonly domain: string;
  /** Where the operator runs, and its Lease is. */
  readonly ownNamespace: string;
  /** Unique to this process. */
  readonly identity: string;
  readonly leaderElection: boolean;
  readonly logLevel: LogLevel;
  /** The most desktops of one user at once; undefined: as many as they like. */
  readonly maxSessionsPerUser: number | undefined;
  readonly sessionMiddleware: string;
  readonly sessionTransport: string;
  /** Middleware that asks the operator whether to let a request in. */
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
  /** File with the key that links and cookies are signed with. */
  readonly accessKeyFile: string | undefined;
  /** Header with the user's name that a middleware before ours sets, for sign-in by OpenID Connect. */
  readonly accessUserHeader: string | undefined;
  /** Address that its servers listen on; every one of the machine when undefined. */
  readonly listenAddress: string | undefined;
  readonly ports: { readonly metrics: number; readonly health: number; readonly access: number };
}

export type LogLevel = "debug" | "info" | "warn" | "error";

const turnEndpoint = z.object({
  host: z.string().min(1),
  realm: z.string().min(1),
  ports: z.object({ listen: z.int().min(1).max(65535), tls: z.int().min(1).max(65535) }),
  transports: z.array(z.enum(["udp", "tcp", "tls"])).min(1),
});

export interface TurnSettings extends z.infer<typeof turnEndpoint> {
  readonly secretFile: string;
}

/** Some settings are missing or wrong; the message has one line for each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment usually `process.env`
 * @throws SettingsError that names every variable that is missing or wrong, and what is allowed
 */
export function loadSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const text = (name: string, fallback?: string): string => {
    const value = environment[name] ?? fallback;
    if (value === undefined || value === "") problems.push(`${name} is missing`);
    return value ?? "";
  };
  const choice = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const value = environment[name] ?? fallback;
    const found = allowed.find((it) => it === value);
    if (found === undefined) problems.push(`${name} is "${value}", allowed: ${allowed.join(", ")}`);
    return found ?? fallback;
  };
  const port = (name: string, fallback: number): number => {
    const value = environment[name] ?? String(fallback);
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) problems.push(`${name} is "${value}", allowed: 0 to 65535`);
    return Number(value);
  };
  const url = (name: string, fallback: string): string | undefined => {
    const value = environment[name] ?? fallback;
    if (value !== "" && !URL.canParse(value)) problems.push(`${name} is "${value}", allowed: an address, or nothing`);
    return value === "" ? undefined : value;
  };
  const count = (name: string): number | undefined => {
    const value = environment[name];
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,5}$/.test(value)) problems.push(`${name} is "${value}", allowed: a whole number from 1 on`);
    return Number(value);
  };
  const settings: Settings = {
    namespace: text("VDI_NAMESPACE"),
    domain: text("VDI_DOMAIN"),
    ownNamespace: text("POD_NAMESPACE"),
    identity: text("POD_NAME"),
    leaderElection: choice("VDI_LEADER_ELECTION", ["true", "false"], "true") === "true",
    logLevel: choice("VDI_LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    maxSessionsPerUser: count("VDI_MAX_SESSIONS_PER_USER"),
    sessionMiddleware: text("VDI_SESSION_MIDDLEWARE", "session-headers"),
    sessionTransport: text("VDI_SESSION_TRANSPORT", "session-self-signed"),
    accessMiddleware: text("VDI_ACCESS_MIDDLEWARE", "session-access"),
    extraMiddlewares: (environment["VDI_ACCESS_EXTRA_MIDDLEWARES"] ?? "").split(",").filter((name) => name !== ""),
    traefikNamespace: text("VDI_TRAEFIK_NAMESPACE", "kube-system"),
    traefikUrl: url("VDI_TRAEFIK_URL", `https://traefik.${environment["VDI_TRAEFIK_NAMESPACE"] ?? "kube-system"}.svc`),
    pullSecret: environment["VDI_PULL_SECRET"],
    turn: turnSettings(environment, problems),
    streamCheck: choice("VDI_STREAM_CHECK", ["direct", "kubelet"], "direct"),
    accessKeyFile: environment["VDI_ACCESS_KEY_FILE"],
    accessUserHeader: environment["VDI_ACCESS_USER_HEADER"],
    listenAddress: environment["VDI_LISTEN_ADDRESS"],
    ports: {
      metrics: port("VDI_METRICS_PORT", 8080),
      health: port("VDI_HEALTH_PORT", 8081),
      access: port("VDI_ACCESS_PORT", 8082),
    },
  };
  if (settings.accessUserHeader !== undefined && settings.extraMiddlewares.length === 0)
    problems.push(
      "VDI_ACCESS_USER_HEADER is set, but no VDI_ACCESS_EXTRA_MIDDLEWARES that sets the header: anybody could",
    );
  if (problems.length > 0)
    throw new SettingsError(`the operator's environment is not right:\n${problems.map((it) => `  ${it}`).join("\n")}`);
  return settings;
}

function turnSettings(environment: Environment, problems: string[]): TurnSettings | undefined {
  const json = environment["VDI_TURN"];
  if (json === undefined) return undefined;
  const secretFile = environment["VDI_TURN_SECRET_FILE"];
  if (secretFile === undefined) problems.push("VDI_TURN_SECRET_FILE is missing, but VDI_TURN is there");
  const endpoint = turnEndpoint.safeParse(parseJson(json));
  if (endpoint.success) return { ...endpoint.data, secretFile: secretFile ?? "" };
  for (const { path, message } of endpoint.error.issues)
    problems.push(`VDI_TURN${path.length > 0 ? `.${path.join(".")}` : ""}: ${message}`);
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
