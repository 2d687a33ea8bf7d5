import { join } from "node:path";
import { parse } from "yaml";

import { turnSecretName } from "../../components/vdi-operator.deployment.ts";
import { accessSecretName } from "../../components/vdi-operator.gateway.ts";
import { gatewayName, operatorName } from "../../components/vdi-operator.rbac.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { BroughtUp } from "../cluster/bring-up.ts";
import { startBeside } from "../cluster/control-plane.ts";
import { keepKubeconfig } from "../cluster/kubeconfig.ts";
import { componentKubeconfig } from "../cluster/layout.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { keepPrivateFile, makePrivateFolder, readIfThere } from "../cluster/private-files.ts";
import { runsDesktops } from "../desktop/layout.ts";
import { isRunning, readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import type { Ports } from "../cluster/ports.ts";
import { withAdministrator } from "../phases/context.ts";
import { readStackConfig } from "../platform/stack-config.ts";
import { labStackFile } from "../platform/stack-config.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { lastingToken } from "./service-account-token.ts";
import { labGatewayVariables, labOperatorVariables } from "./variables.ts";

/**
 * Starts the VDI operator and the gateway of this checkout, each under its own ServiceAccount, whose rights are thus really
 * asked for. Nothing happens to one that runs as wanted.
 * @throws Error before the stack was installed, and when one does not become ready, with its last log lines
 */
export async function startOperator(layout: LabLayout): Promise<BroughtUp[]> {
  const ports = readPorts(layout) as Ports;
  const config = await readStackConfig(labStackFile(layout.checkout));
  const variables = await withAdministrator(layout, async (client) => ({
    operatorVariables: await prepareOperator(layout, config, client),
    gatewayVariables: await prepareGateway(layout, config, client),
  }));
  const desktops = readRunRecord(layout, "desktops");
  const among = isRunning(desktops) ? { desktopsPid: desktops.pid } : {};
  const context = { layout, ports, tools: {}, kwokConfigs: [], ...variables, ...among };
  return Promise.all([startBeside("operator", context), startBeside("gateway", context)]);
}

/** Writes what the operator is started with, and returns its environment, ports apart. */
export async function prepareOperator(
  layout: LabLayout,
  config: StackConfig,
  client: ClusterClient,
): Promise<Record<string, string>> {
  const { operator: namespace } = config.namespaces;
  await keepIdentity(layout, client, { component: "operator", account: { namespace, name: operatorName } });
  const turnSecret = join(layout.operatorSecrets, "turn-secret");
  if (config.turn)
    keepPrivateFile(turnSecret, await secretValue(client, { namespace, name: turnSecretName }, "shared-secret"));
  return labOperatorVariables(config, { turnSecret, reachesDesktops: runsDesktops(layout) });
}

/** The same for the gateway. */
export async function prepareGateway(
  layout: LabLayout,
  config: StackConfig,
  client: ClusterClient,
): Promise<Record<string, string>> {
  const { operator: namespace } = config.namespaces;
  await keepIdentity(layout, client, { component: "gateway", account: { namespace, name: gatewayName } });
  const accessKey = join(layout.operatorSecrets, "access-key");
  keepPrivateFile(accessKey, await secretValue(client, { namespace, name: accessSecretName }, "key"));
  return labGatewayVariables(config, { accessKey });
}

/** A kubeconfig with a token of the component's ServiceAccount, the present one as long as it lasts. */
async function keepIdentity(
  layout: LabLayout,
  client: ClusterClient,
  { component, account }: { component: "operator" | "gateway"; account: { namespace: string; name: string } },
): Promise<void> {
  makePrivateFolder(layout.operatorSecrets);
  const file = componentKubeconfig(layout, component);
  const token = await lastingToken(client, account, tokenOf(readIfThere(file)));
  const port = readPorts(layout)["kube-apiserver"] ?? 0;
  keepKubeconfig(layout, { file, user: account.name, port }, { token });
}

function tokenOf(kubeconfig: string | undefined): string | undefined {
  const config = parse(kubeconfig ?? "") as { users?: { user: { token?: string } }[] } | null;
  return config?.users?.[0]?.user.token;
}

async function secretValue(
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
