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

/** A call whose messages never show what these properties hold in secret. */
export function discreet(call: Call, ...properties: PropertyMap[]): Call {
  const secrets = properties.flatMap(secretTexts);
  if (secrets.length === 0) return call;
  const guard = (tell: (message: string) => void) => (message: string) => tell(redact(message, secrets));
  const { debug, info, warning, error } = call.log;
  return {
    signal: call.signal,
    log: { debug: guard(debug), info: guard(info), warning: guard(warning), error: guard(error) },
    status: guard((message) => call.status(message)),
  };
}

/** Runs an operation so that the message of what it throws shows no secret either. */
export async function withoutSecrets<T>(properties: PropertyMap[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const secrets = properties.flatMap(secretTexts);
    if (error instanceof Error) error.message = redact(error.message, secrets);
    throw error;
  }
}
