import { startBeside } from "../cluster/control-plane.ts";
import { applyNodes } from "../k3s/apply-nodes.ts";
import { applyPackagedComponents } from "../k3s/packaged-components/apply.ts";
import { readMachines } from "../k3s/stack-machines.ts";
import { copyConfigTemplate, labStackFile, setApiServerPort } from "../platform/stack-config.ts";
import { withAdministrator } from "./context.ts";
import type { PhaseWork } from "./context.ts";

/** Makes the control plane look like a stock K3s with the stack's nodes, and starts what plays its hardware. */
export const k3s: PhaseWork = async (context, report) => {
  const { layout, controlPlane } = context;
  if (!controlPlane) throw new Error("the K3s phase comes after the control plane");
  await copyConfigTemplate(layout.checkout);
  await setApiServerPort(labStackFile(layout.checkout), controlPlane.context.ports["kube-apiserver"]);
  const machines = await readMachines(labStackFile(layout.checkout));
  const changes = await withAdministrator(layout, async (client) => {
    const [nodes] = await Promise.all([
      applyNodes(client, machines),
      applyPackagedComponents(client, { onProgress: report }),
    ]);
    return nodes;
  });
  await startBeside("simulators", { ...controlPlane.context, stackFile: labStackFile(layout.checkout) });
  const nodeCount = machines.pools.reduce((sum, { count }) => sum + count, 0);
  const changed = [...changes.added, ...changes.changed, ...changes.removed].length;
  return `${nodeCount} simulated nodes${changed > 0 ? ` (${changed} changed)` : ""}, storage, DNS and Traefik as K3s has them`;
};
