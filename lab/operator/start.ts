import { join } from "node:path";

import { turnSecretName } from "../../components/vdi-operator/deployment.ts";
import { accessSecretName } from "../../components/vdi-operator/gateway.ts";
import { gatewayName, operatorName } from "../../components/vdi-operator/rbac.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { BroughtUp } from "../cluster/bring-up.ts";
import { startBeside } from "../cluster/control-plane.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { keepPrivateFile } from "../cluster/private-files.ts";
import { runsDesktops } from "../desktop/layout.ts";
import { isRunning, readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import type { Ports } from "../cluster/ports.ts";
import { withAdministrator } from "../phases/context.ts";
import { readStackConfig } from "../platform/stack-config.ts";
import { labStackFile } from "../platform/stack-config.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { keepIdentity, secretValue } from "./identity.ts";
import { preparePortal } from "./portal.ts";
import { labGatewayVariables, labOperatorVariables } from "./variables.ts";

/**
 * Starts the VDI operator, the gateway and, where the stack has one, the portal of this checkout, each under its own ServiceAccount, whose rights are thus really
 * asked for. Nothing happens to one that runs as wanted.
 * @throws Error before the stack was installed, and when one does not become ready, with its last log lines
 */
export async function startOperator(layout: LabLayout): Promise<BroughtUp[]> {
  const ports = readPorts(layout) as Ports;
  const config = await readStackConfig(labStackFile(layout.checkout));
  const variables = await withAdministrator(layout, async (client) => ({
    operatorVariables: await prepareOperator(layout, config, client),
    gatewayVariables: await prepareGateway(layout, config, client),
    portalVariables: await preparePortal(layout, config, client, ports),
  }));
  const desktops = readRunRecord(layout, "desktops");
  const among = isRunning(desktops) ? { desktopsPid: desktops.pid } : {};
  const context = { layout, ports, tools: {}, kwokConfigs: [], ...variables, ...among };
  const portal = variables.portalVariables === undefined ? [] : (["identity", "portal"] as const);
  return Promise.all((["operator", "gateway", ...portal] as const).map((name) => startBeside(name, context)));
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
