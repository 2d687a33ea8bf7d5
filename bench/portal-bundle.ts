import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { ClusterClient } from "../kube/client.ts";
import { componentKubeconfig } from "../lab/cluster/layout.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { choosePorts } from "../lab/cluster/ports.ts";
import type { Ports } from "../lab/cluster/ports.ts";
import { readPorts } from "../lab/cluster/state.ts";
import { preparePortal } from "../lab/operator/portal.ts";
import { labStackFile, readStackConfig } from "../lab/platform/stack-config.ts";
import { buildPortal } from "../portal/bundle/build.ts";

export interface PortalBundle {
  /** Where it is reached, on this machine alone. */
  readonly origin: string;
  readonly pid: number;
  /** @throws Error with what it printed, where it does not end well */
  readonly end: () => Promise<void>;
}

/** Starts the portal as clusters get it, one file with the settings of its Deployment, beside the lab's own. */
export async function startPortalBundle(layout: LabLayout, client: ClusterClient): Promise<PortalBundle> {
  const stack = await readStackConfig(labStackFile(layout.checkout));
  const variables = await preparePortal(layout, stack, client, readPorts(layout) as Ports);
  if (!variables) throw new Error("the lab has no portal: run `npm run lab` with portal.enabled");
  const { ports } = await choosePorts({}, new Set());
  const origin = `http://127.0.0.1:${ports["portal-web"]}`;
  const folder = mkdtempSync(join(tmpdir(), "portal-"));
  const file = join(folder, "main.mjs");
  writeFileSync(file, (await buildPortal()).text);
  const started = execa(process.execPath, [file], {
    env: {
      ...variables,
      ...{ KUBECONFIG: componentKubeconfig(layout, "portal"), VDI_LISTEN_ADDRESS: "127.0.0.1", VDI_PORTAL_URL: origin },
      VDI_METRICS_PORT: String(ports["portal-metrics"]),
      VDI_HEALTH_PORT: String(ports["portal-health"]),
      VDI_PORTAL_PORT: String(ports["portal-web"]),
    },
    ...{ cwd: folder, extendEnv: false, reject: false, all: true },
  });
  const end = async () => {
    started.kill("SIGTERM");
    const { exitCode, all } = await started;
    rmSync(folder, { recursive: true });
    if (exitCode !== 0) throw new Error(`the bundle of the portal ended with ${exitCode ?? "a signal"}: ${all}`);
  };
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(origin).catch(() => undefined);
    if (answer?.ok) return { origin, pid: started.pid ?? 0, end };
    await sleep(100);
  }
  await end();
  throw new Error("the bundle of the portal does not answer");
}
