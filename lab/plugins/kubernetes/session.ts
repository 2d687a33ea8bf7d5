import { PartialError } from "../rpc/errors.ts";
import type { Call } from "../rpc/provider.ts";
import type { PropertyMap } from "../rpc/property.ts";
import { redact, secretTexts } from "./checkpoint.ts";
import type { Cluster } from "./cluster.ts";
import { keyOf } from "./cluster.ts";
import type { Manifest } from "./manifest.ts";
import type { PendingCreate, PendingCreates } from "./pending-creates.ts";
import type { Settings } from "./settings.ts";

/** What every operation has once the provider is configured. */
export interface Session {
  settings: Settings;
  cluster: Cluster;
  pending: PendingCreates;
}

/** What the notes of pending creations call an object. */
export function creationOf({ cluster }: Session, urn: string, object: Manifest): PendingCreate {
  const { apiVersion, kind, metadata } = keyOf(object);
  return { urn, server: cluster.server, object: JSON.stringify([apiVersion, kind, metadata]) };
}

/** Longest that an operation waits for what heals by itself: a kind or namespace that is about to exist, an API server that restarts. */
export const retrySeconds = 30;

/** Shows what the server warned of: unknown fields, pod security, deprecated versions unless those are not wanted. */
export function showWarnings({ settings }: Session, warnings: string[], call: Call): void {
  for (const warning of warnings) {
    if (!settings.suppressDeprecationWarnings || !/deprecated/i.test(warning)) call.log.warning(warning);
  }
}

/** Runs an operation so that neither its messages nor its error show what these properties hold in secret. */
export async function guarded<T>(call: Call, properties: PropertyMap[], run: (call: Call) => Promise<T>): Promise<T> {
  const secrets = properties.flatMap(secretTexts);
  try {
    return await run(discreet(call, secrets));
  } catch (error) {
    if (error instanceof Error) error.message = redact(error.message, secrets);
    if (error instanceof PartialError) {
      error.partial.reasons = error.partial.reasons.map((reason) => redact(reason, secrets));
    }
    throw error;
  }
}

function discreet(call: Call, secrets: string[]): Call {
  const guard = (tell: (message: string) => void) => (message: string) => tell(redact(message, secrets));
  const { debug, info, warning, error } = call.log;
  return {
    signal: call.signal,
    log: { debug: guard(debug), info: guard(info), warning: guard(warning), error: guard(error) },
    status: guard((message) => call.status(message)),
  };
}
