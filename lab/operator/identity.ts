import { parse } from "yaml";

import type { ClusterClient } from "../../kube/client.ts";
import { keepKubeconfig } from "../cluster/kubeconfig.ts";
import { componentKubeconfig } from "../cluster/layout.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { makePrivateFolder, readIfThere } from "../cluster/private-files.ts";
import { readPorts } from "../cluster/state.ts";
import { lastingToken } from "./service-account-token.ts";

/** A kubeconfig with a token of the component's ServiceAccount, the present one as long as it lasts, which is returned. */
export async function keepIdentity(
  layout: LabLayout,
  client: ClusterClient,
  {
    component,
    account,
  }: { component: "operator" | "gateway" | "portal"; account: { namespace: string; name: string } },
): Promise<string> {
  makePrivateFolder(layout.operatorSecrets);
  const file = componentKubeconfig(layout, component);
  const token = await lastingToken(client, account, tokenOf(readIfThere(file)));
  const port = readPorts(layout)["kube-apiserver"] ?? 0;
  keepKubeconfig(layout, { file, user: account.name, port }, { token });
  return token;
}

function tokenOf(kubeconfig: string | undefined): string | undefined {
  const config = parse(kubeconfig ?? "") as { users?: { user: { token?: string } }[] } | null;
  return config?.users?.[0]?.user.token;
}

/** A value of a Secret that the stack makes. @throws Error that says what to do */
export async function secretValue(
  client: ClusterClient,
  metadata: { namespace: string; name: string },
  key: string,
): Promise<string> {
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", metadata });
  const value = (secret?.["data"] as Record<string, string> | undefined)?.[key];
  if (value === undefined)
    throw new Error(
      `There is no Secret ${metadata.namespace}/${metadata.name} with the key ${key}: the lab's stack makes it. Run \`npm run lab\`.`,
    );
  return Buffer.from(value, "base64").toString("utf8");
}
