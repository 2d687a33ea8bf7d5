import { createHash, timingSafeEqual } from "node:crypto";
import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";

/** User and password that a desktop itself asks for. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** When its Secret was made, milliseconds since 1970: what was made before a revocation opens nothing. */
  readonly createdMs: number;
}

/** @returns undefined when there is no such Secret, or it has no user and password (yet) */
export type ReadCredentials = (secretName: string) => Promise<Credentials | undefined>;

/** Reads Secrets of the namespace of sessions by name. */
export function secretCredentials(client: Pick<ClusterClient, "get">, namespace: string): ReadCredentials {
  return async (name) => {
    const secret = await client.get({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace } });
    const { user, password } = (secret?.["data"] ?? {}) as Record<string, string>;
    if (user === undefined || password === undefined) return undefined;
    return {
      user: Buffer.from(user, "base64").toString(),
      password: Buffer.from(password, "base64").toString(),
      createdMs: Date.parse(secret?.metadata?.creationTimestamp ?? ""),
    };
  };
}

/** How long somebody waits for the API server where an earlier answer of its will do. */
const patienceMs = 1_000;

/**
 * Goes on with what was last read while it cannot be read, or not soon.
 *
 * @param keptMs how long that counts
 * @param most Secrets that are remembered; the oldest is forgotten
 */
export function rememberedCredentials(
  read: ReadCredentials,
  clock: Pick<Clock, "now" | "after">,
  keptMs: number,
  most = 10_000,
): ReadCredentials {
  const remembered = new Map<string, { credentials: Credentials; readMs: number }>();
  const readAnew = async (name: string) => {
    const credentials = await read(name);
    // Written anew it is the youngest of the map.
    remembered.delete(name);
    if (credentials) remembered.set(name, { credentials, readMs: clock.now() });
    const [oldest] = remembered.keys();
    if (remembered.size > most && oldest !== undefined) remembered.delete(oldest);
    return credentials;
  };
  return async (name) => {
    const last = remembered.get(name);
    const reading = readAnew(name);
    if (!last || clock.now() - last.readMs > keptMs) return reading;
    return new Promise((resolve) => {
      const cancel = clock.after(patienceMs, () => resolve(last.credentials));
      void reading
        .catch(() => last.credentials)
        .then((credentials) => {
          cancel();
          resolve(credentials);
        });
    });
  };
}

/** Whether somebody knows the credentials; takes equally long wherever the first difference is. */
export function knows(given: { user: string; password: string }, { user, password }: Credentials): boolean {
  const digest = (name: string, secret: string) =>
    createHash("sha256")
      .update(JSON.stringify([name, secret]))
      .digest();
  return timingSafeEqual(digest(given.user, given.password), digest(user, password));
}
