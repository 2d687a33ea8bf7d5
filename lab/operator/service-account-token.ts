import { AuthenticationV1TokenRequest, CoreV1Api, V1TokenRequestSpec } from "@kubernetes/client-node";
import { z } from "zod";

import { statusCode } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** A kept token that ends sooner is replaced. */
const renewBeforeDays = 30;

const dayMs = 24 * 3_600_000;

const claimsSchema = z.object({
  exp: z.number(),
  "kubernetes.io": z.object({ serviceaccount: z.object({ uid: z.string() }) }),
});

/** Whether a token is of the account with this uid and good for a while; an account made anew refuses tokens of the old. */
export function isLasting(token: string, accountUid: string, now: Date): boolean {
  try {
    const payload = token.split(".")[1] ?? "";
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    const isSame = claims["kubernetes.io"].serviceaccount.uid === accountUid;
    return isSame && claims.exp * 1000 > now.getTime() + renewBeforeDays * dayMs;
  } catch {
    return false;
  }
}

/** A token for a year: the one given if it is still good. @throws as {@link serviceAccountToken} */
export async function lastingToken(
  client: ClusterClient,
  account: ServiceAccount,
  present: string | undefined,
): Promise<string> {
  const { namespace, name } = account;
  const found = await client.get({ apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } });
  if (present !== undefined && isLasting(present, found?.metadata?.uid ?? "", new Date())) return present;
  return serviceAccountToken(client, account, { seconds: (365 * dayMs) / 1000 });
}

/**
 * A new token of a ServiceAccount, by the TokenRequest API.
 * @throws Error when there is no such account
 */
export async function serviceAccountToken(
  client: ClusterClient,
  { namespace, name }: ServiceAccount,
  { seconds }: { seconds: number },
): Promise<string> {
  const spec = Object.assign(new V1TokenRequestSpec(), { audiences: [], expirationSeconds: seconds });
  const body = Object.assign(new AuthenticationV1TokenRequest(), { spec });
  const api = client.config.makeApiClient(CoreV1Api);
  const asked = api.createNamespacedServiceAccountToken({ namespace, name, body });
  const { status } = await asked.catch((error: unknown) => {
    if (statusCode(error) !== 404) throw error;
    throw new Error(`There is no ServiceAccount ${namespace}/${name}: the lab's stack makes it. Run \`npm run lab\`.`, {
      cause: error,
    });
  });
  if (status?.token === undefined)
    throw new Error(`The API server gave no token for ServiceAccount ${namespace}/${name}.`);
  return status.token;
}
