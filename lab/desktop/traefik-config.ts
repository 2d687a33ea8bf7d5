import { traefikArguments } from "../../components/traefik.manifests.ts";

export interface TraefikConfigArgs {
  /** Of the API server, as the lab's network namespace reaches it. */
  readonly endpoint: string;
  readonly authorityFile: string;
  /** Of Traefik's ServiceAccount. */
  readonly token: string;
}

type Section = { [name: string]: Section | string | number | boolean };

/**
 * Traefik's static configuration: what K3s's chart and the program's arguments make of it, as one file, which may hold the
 * token that a command line may not. Ingresses are left to the simulator, since only desktops have anything behind them.
 */
export function traefikConfig({ endpoint, authorityFile, token }: TraefikConfigArgs): Section {
  const base: Section = {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: "INFO" },
    entryPoints: { web: { address: ":80" }, websecure: { address: ":443", http: { tls: {} } } },
    providers: {
      kubernetesCRD: { endpoint, token, certAuthFilePath: authorityFile, allowEmptyServices: true },
    },
  };
  for (const argument of traefikArguments) {
    const [path = "", value = ""] = argument.replace(/^--/, "").split("=");
    put(base, path.split("."), value);
  }
  return base;
}

function put(section: Section, [name = "", ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    section[name] = value;
    return;
  }
  const inner = typeof section[name] === "object" ? section[name] : {};
  section[name] = inner;
  put(inner, rest, value);
}
