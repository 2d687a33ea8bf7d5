import { join } from "node:path";
import { gatewayName } from "../../components/vdi-operator/rbac.ts";
import type { AnyObject } from "../../kube/object.ts";
import { startBeside, stopBeside } from "../cluster/control-plane.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { certificateFile } from "../cluster/pki.ts";
import type { Ports } from "../cluster/ports.ts";
import { keepPrivateFile, makePrivateFolder, readIfThere } from "../cluster/private-files.ts";
import { isRunning, readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import { provideDesktopFiles } from "../desktop/files/provide.ts";
import { traefikConfig } from "../desktop/traefik-config.ts";
import { lastingToken } from "../operator/service-account-token.ts";
import { readStackConfig, labStackFile } from "../platform/stack-config.ts";
import { withAdministrator } from "./context.ts";
import type { PhaseWork } from "./context.ts";

/** What a desktop consists of, from the cache or made. */
export const desktopFiles: PhaseWork = async (context, report) => {
  context.desktopFiles = await provideDesktopFiles(process.env, report);
  return context.desktopFiles;
};

/** Opens the network namespace, with Traefik and the node that runs desktops as processes. */
export const desktops: PhaseWork = async ({ layout, tools, controlPlane, desktopFiles: files }) => {
  if (!controlPlane || files === undefined) throw new Error("desktops come after the control plane and their files");
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  // One that was started without desktops has the ports that are now the forwarder's.
  const runs = (name: "forwarder" | "desktops") => isRunning(readRunRecord(layout, name));
  if (!runs("forwarder") && !runs("desktops")) await stopBeside(layout, "operator");
  makePrivateFolder(layout.desktops);
  const gatewayAddress = await addressOfGateway(layout, namespaces.operator);
  const context = {
    ...controlPlane.context,
    tools: Object.fromEntries([...tools.values()].map(({ name, path }) => [name, path])),
    desktops: {
      files,
      gatewayAddress,
      hosts: `${gatewayAddress} ${gatewayName}.${namespaces.operator}.svc\n127.0.0.1 traefik.kube-system.svc`,
      traefikConfig: await writeTraefikConfig(layout),
    },
  };
  const started = [await startBeside("forwarder", context), await startBeside("desktops", context)];
  const fresh = started.filter(({ action }) => action !== "kept").map(({ name }) => name);
  return fresh.length > 0 ? `started ${fresh.join(", ")}` : "were running";
};

async function addressOfGateway(layout: LabLayout, namespace: string): Promise<string> {
  const key = { apiVersion: "v1", kind: "Service", metadata: { namespace, name: gatewayName } };
  const service = (await withAdministrator(layout, (client) => client.get(key))) as Service | undefined;
  const clusterIP = service?.spec.clusterIP;
  if (clusterIP === undefined) throw new Error(`The stack has made no Service ${namespace}/${gatewayName}.`);
  return clusterIP;
}

type Service = AnyObject & { spec: { clusterIP?: string } };

async function writeTraefikConfig(layout: LabLayout): Promise<string> {
  const file = join(layout.desktops, "traefik.yaml");
  const account = { namespace: "kube-system", name: "traefik" };
  const present = /"token":"([^"]+)"/.exec(readIfThere(file) ?? "")?.[1];
  const token = await withAdministrator(layout, (client) => lastingToken(client, account, present));
  const port = (readPorts(layout) as Ports)["kube-apiserver"];
  const authorityFile = certificateFile(layout.pki, "server-ca");
  const config = traefikConfig({ endpoint: `https://127.0.0.1:${port}`, authorityFile, token });
  keepPrivateFile(file, JSON.stringify(config));
  return file;
}
