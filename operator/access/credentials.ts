import { createHash, timingSafeEqual } from "node:crypto";
import type { ClusterClient } from "../../kube/client.ts";

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

/** Whether somebody knows the credentials; takes equally long wherever the first difference is. */
export function knows(given: { user: string; password: string }, { user, password }: Credentials): boolean {
  const digest = (name: string, secret: string) =>
    createHash("sha256")
      .update(JSON.stringify([name, secret]))
      .digest();
  return timingSafeEqual(digest(given.user, given.password), digest(user, password));
}
