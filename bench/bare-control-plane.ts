import { rmSync } from "node:fs";
import { join } from "node:path";
import { bringUpAll } from "../lab/cluster/bring-up.ts";
import { components } from "../lab/cluster/components.ts";
import { stopControlPlane } from "../lab/cluster/control-plane.ts";
import { writeKubeconfigs } from "../lab/cluster/kubeconfig.ts";
import { labLayout } from "../lab/cluster/layout.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { preparePki } from "../lab/cluster/pki.ts";
import { choosePorts } from "../lab/cluster/ports.ts";
import type { Ports } from "../lab/cluster/ports.ts";
import { makePrivateFolder } from "../lab/cluster/private-files.ts";
import { readPorts, writePorts } from "../lab/cluster/state.ts";
import { provideTools } from "../lab/tools/provide.ts";

/** etcd and an API server, and nobody who acts on what lies in them. */
export interface BareControlPlane {
  readonly layout: LabLayout;
  readonly ports: Ports;
}

const wanted = ["etcd", "kube-apiserver"] as const;

/** Starts one below the lab's folder, works on it and takes it away with all that it holds. */
export async function onBareControlPlane<Result>(
  lab: LabLayout,
  work: (plane: BareControlPlane) => Promise<Result>,
): Promise<Result> {
  const folder = join(lab.root, "bench", "bare");
  const layout = labLayout(folder);
  makePrivateFolder(layout.root);
  try {
    const { ports } = await choosePorts(readPorts(layout), new Set());
    writePorts(layout, ports);
    await preparePki(layout.pki);
    writeKubeconfigs(layout, ports["kube-apiserver"]);
    const provided = Object.values(await provideTools(wanted));
    const tools = Object.fromEntries(provided.map(({ name, path }) => [name, path]));
    const chosen = components.filter(({ name }) => wanted.some((it) => it === name));
    await bringUpAll(chosen, { layout, ports, tools, kwokConfigs: [] });
    return await work({ layout, ports });
  } finally {
    await stopControlPlane(layout);
    rmSync(folder, { recursive: true, force: true });
  }
}
