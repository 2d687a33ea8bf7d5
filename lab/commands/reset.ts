import { existsSync, rmSync } from "node:fs";
import { relative } from "node:path";

import { stopControlPlane } from "../cluster/control-plane.ts";
import { withLabLock } from "../cluster/lab-lock.ts";
import type { LabLayout } from "../cluster/layout.ts";

/** Stops the lab and removes its data. Tools, plugins and the passphrase stay. */
export async function reset(layout: LabLayout): Promise<void> {
  await withLabLock(
    layout,
    "reset",
    (line) => console.error(line),
    async () => {
      await stopControlPlane(layout);
      for (const { path, what } of labData(layout)) {
        if (!existsSync(path)) continue;
        rmSync(path, { recursive: true, force: true });
        console.log(`Removed ${relative(layout.checkout, path)} (${what})`);
      }
    },
  );
  console.log(
    "Kept: tools, plugins, Pulumi.lab.yaml and the passphrase that opens its secrets. `npm run lab` starts anew.",
  );
}

/** What a reset takes away. The passphrase is not among it: Pulumi.lab.yaml may hold values that only it opens. */
export function labData(layout: LabLayout): { path: string; what: string }[] {
  return [
    { path: layout.etcd, what: "every object of the cluster" },
    { path: layout.pulumiState, what: "Pulumi's state of all stacks in the lab's backend" },
    { path: layout.pki, what: "authorities and certificates" },
    { path: layout.kubeconfig, what: "the kubeconfig" },
    { path: layout.kubeconfigs, what: "kubeconfigs of the components" },
    { path: layout.operatorSecrets, what: "the operator's keys" },
    { path: layout.stateFile, what: "chosen ports" },
    { path: layout.desktops, what: "homes of desktops that were run" },
    { path: layout.logs, what: "logs" },
    { path: layout.run, what: "process records" },
  ];
}
