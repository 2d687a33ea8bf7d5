import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parse } from "yaml";

import { turnSecretName } from "../../components/vdi-operator.deployment.ts";
import { operatorName } from "../../components/vdi-operator.rbac.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { BroughtUp } from "../cluster/bring-up.ts";
import { startBeside } from "../cluster/control-plane.ts";
import { keepKubeconfig } from "../cluster/kubeconfig.ts";
import { componentKubeconfig } from "../cluster/layout.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { keepPrivateFile, makePrivateFolder, readIfThere } from "../cluster/private-files.ts";
import { readPorts } from "../cluster/state.ts";
import type { Ports } from "../cluster/ports.ts";
import { withAdministrator } from "../phases/context.ts";
import { readStackConfig } from "../platform/stack-config.ts";
import { labStackFile } from "../platform/stack-config.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { lastingToken } from "./service-account-token.ts";
import { labOperatorVariables } from "./variables.ts";

/**
 * Starts the VDI operator of this checkout under its own ServiceAccount, whose rights are thus really asked for. Nothing
 * happens when it runs as wanted.
 * @throws Error before the stack was installed, and when the operator does not become ready, with its last log lines
 */
export async function startOperator(layout: LabLayout): Promise<BroughtUp> {
  const ports = readPorts(layout) as Ports;
  const config = await readStackConfig(labStackFile(layout.checkout));
  const operatorVariables = await withAdministrator(layout, (client) => prepareOperator(layout, config, client));
  return startBeside("operator", { layout, ports, tools: {}, kwokConfigs: [], operatorVariables });
}

/** Writes what the operator is started with, and returns its environment, ports apart. */
export async function prepareOperator(
  layout: LabLayout,
  config: StackConfig,
  client: ClusterClient,
): Promise<Record<string, string>> {
  const { operator: namespace } = config.namespaces;
  makePrivateFolder(layout.operatorSecrets);
  const file = componentKubeconfig(layout, "operator");
  const account = { namespace, name: operatorName };
  const token = await lastingToken(client, account, tokenOf(readIfThere(file)));
  const port = readPorts(layout)["kube-apiserver"] ?? 0;
  keepKubeconfig(layout, { file, user: operatorName, port }, { token });

  const accessKey = join(layout.operatorSecrets, "access-key");
  if (readIfThere(accessKey) === undefined) keepPrivateFile(accessKey, randomBytes(32).toString("base64url"));
  const turnSecret = join(layout.operatorSecrets, "turn-secret");
  if (config.turn) keepPrivateFile(turnSecret, await turnSharedSecret(client, namespace));
  return labOperatorVariables(config, { accessKey, turnSecret });
}

function tokenOf(kubeconfig: string | undefined): string | undefined {
  const config = parse(kubeconfig ?? "") as { users?: { user: { token?: string } }[] } | null;
  return config?.users?.[0]?.user.token;
}

async function turnSharedSecret(client: ClusterClient, namespace: string): Promise<string> {
  const key = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name: turnSecretName } };
  const data = (await client.get(key))?.["data"] as Record<string, string> | undefined;
  return Buffer.from(data?.["shared-secret"] ?? "", "base64").toString("utf8");
}
