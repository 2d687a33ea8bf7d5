import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { reveal } from "../rpc/property.ts";
import type { ClusterChoice } from "./kubeconfig.ts";

/** The provider's options, read. Defaults and environment variables are the official provider's. */
export interface Settings extends ClusterChoice {
  enableServerSideApply: boolean;
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
  enablePatchForce: boolean;
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
  upsertExistingObjects: boolean;
  suppressDeprecationWarnings: boolean;
  /** Longest time for one request to the API server. */
  requestTimeoutSeconds: number | undefined;
}

const switches = {
  enableServerSideApply: { variable: "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", fallback: true },
  enableConfigMapMutable: { variable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", fallback: false },
  enableSecretMutable: { variable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE", fallback: false },
  enablePatchForce: { variable: "PULUMI_K8S_ENABLE_PATCH_FORCE", fallback: false },
  deleteUnreachable: { variable: "PULUMI_K8S_DELETE_UNREACHABLE", fallback: false },
  skipUpdateUnreachable: { variable: "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", fallback: false },
  upsertExistingObjects: { variable: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", fallback: false },
  suppressDeprecationWarnings: { variable: "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS", fallback: false },
} as const;

/** @throws when a nested option is no JSON. */
export function readSettings(args: PropertyMap, environment: NodeJS.ProcessEnv = process.env): Settings {
  const options = reveal(args);
  const flags = Object.fromEntries(
    Object.entries(switches).map(([name, { variable, fallback }]) => [
      name,
      flag(options[name]) ?? flag(environment[variable]) ?? fallback,
    ]),
  ) as Record<keyof typeof switches, boolean>;
  const client = nested("kubeClientSettings", options["kubeClientSettings"]);
  const timeout = Number(client["timeout"] ?? environment["PULUMI_K8S_CLIENT_TIMEOUT"]);
  return {
    ...flags,
    kubeconfig: given(options["kubeconfig"]),
    context: given(options["context"]),
    cluster: given(options["cluster"]),
    namespace: given(options["namespace"]),
    requestTimeoutSeconds: timeout > 0 ? timeout : undefined,
  };
}

/** The SDKs send booleans as JSON text. */
export function flag(value: PropertyValue | undefined): boolean | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return value === true || value === "true";
}

function given(value: PropertyValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function nested(name: string, value: PropertyValue | undefined): Record<string, unknown> {
  if (typeof value !== "string") return (value ?? {}) as Record<string, unknown>;
  try {
    return (JSON.parse(value) ?? {}) as Record<string, unknown>;
  } catch {
    throw new Error(`the provider option ${name} is not valid JSON`);
  }
}
