import { z } from "zod";
import type { ClusterClient } from "../../kube/client.ts";

/** Somebody whom the API server knows. */
export interface Reviewed {
  readonly user: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

type Creates = Pick<ClusterClient, "create">;

const tokenReview = z.object({
  authenticated: z.boolean().default(false),
  // Empty, but there, for a token that the server does not know.
  user: z
    .object({
      username: z.string().optional(),
      uid: z.string().optional(),
      groups: z.array(z.string()).optional(),
      extra: z.record(z.string(), z.array(z.string())).optional(),
    })
    .optional(),
});
const accessReview = z.object({ allowed: z.boolean().default(false), denied: z.boolean().default(false) });

/**
 * Asks the API server whose token it is (TokenReview). Needs `create` on tokenreviews.authentication.k8s.io.
 *
 * @returns undefined for a token that it does not know
 */
export function reviewToken(client: Creates): (bearerToken: string) => Promise<Reviewed | undefined> {
  return async (token) => {
    const review = await client.create({
      ...{ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview" },
      spec: { token },
    });
    const { authenticated, user } = tokenReview.parse(review["status"]);
    const { username, ...rest } = user ?? {};
    return authenticated && username ? { user: username, ...rest } : undefined;
  };
}

/**
 * Asks the API server whether somebody may use the verb `act-for` on a session (SubjectAccessReview). Needs `create` on
 * subjectaccessreviews.authorization.k8s.io.
 */
export function reviewActFor(
  client: Creates,
  namespace: string,
): (reviewed: Reviewed, sessionName: string) => Promise<boolean> {
  return async ({ user, uid, groups, extra }, name) => {
    const resourceAttributes = { namespace, verb: "act-for", group: "vdi.kasm.io", resource: "vdisessions", name };
    const review = await client.create({
      ...{ apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" },
      spec: { user, uid, groups, extra, resourceAttributes },
    });
    const { allowed, denied } = accessReview.parse(review["status"]);
    return allowed && !denied;
  };
}
