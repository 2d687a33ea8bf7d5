import { join } from "node:path";
import { startControlPlane } from "../cluster/control-plane.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { writeKwokConfigs } from "../desktop/kwok-configs.ts";
import { runsDesktops } from "../desktop/layout.ts";
import { releaseNodeLeases } from "../k3s/apply-nodes.ts";
import { withAdministrator } from "./context.ts";
import type { PhaseWork } from "./context.ts";

/** Starts etcd, API server, controller manager, scheduler and kwok, as far as they do not run. */
export const controlPlane: PhaseWork = async (context, report) => {
  const { layout } = context;
  const programs = [...context.tools.values()].map(({ name, path }) => [name, path] as const);
  const started = await startControlPlane({
    layout,
    tools: Object.fromEntries(programs),
    kwokConfigs: kwokConfigs(layout),
    beforeStart: async (name) => {
      if (name === "kwok") await withAdministrator(layout, releaseNodeLeases);
    },
  });
  context.controlPlane = started;
  for (const { name, from, to } of started.movedPorts) {
    report(`port ${from} of ${name} belongs to another process now; moved to ${to}, kubeconfigs rewritten`);
  }
  const fresh = started.components.filter(({ action }) => action !== "kept").map(({ name }) => name);
  return `${started.server}, ${fresh.length > 0 ? `started ${fresh.join(", ")}` : "was running"}`;
};

function kwokConfigs(layout: LabLayout): string[] {
  const folder = join(layout.checkout, "lab", "k3s", "kwok");
  const files = ["controller.yaml", "nodes.yaml", "pods.yaml", "pod-faults.yaml"].map((file) => join(folder, file));
  return runsDesktops(layout) ? writeKwokConfigs(layout, files) : files;
}
