import { stopControlPlane } from "../cluster/control-plane.ts";
import { withLabLock } from "../cluster/lab-lock.ts";
import { cpuGroupsName, removeCpuGroups } from "../desktop/node/cpu-groups.ts";
import { switchDesktopsOff } from "../desktop/layout.ts";
import type { LabLayout } from "../cluster/layout.ts";

/** Stops every process of the lab; data, ports and kubeconfigs stay for the next `up`. */
export async function down(layout: LabLayout): Promise<void> {
  const stopped = await withLabLock(
    layout,
    "down",
    (line) => console.error(line),
    async () => {
      switchDesktopsOff(layout);
      const stopped = await stopControlPlane(layout);
      if (process.platform === "linux") removeCpuGroups(cpuGroupsName(layout.desktops));
      return stopped;
    },
  );
  console.log(stopped.length > 0 ? `Stopped ${[...stopped].reverse().join(", ")}.` : "Nothing was running.");
}
