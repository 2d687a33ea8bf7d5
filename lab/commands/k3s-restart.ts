import pc from "picocolors";

import type { LabLayout } from "../cluster/layout.ts";
import { applyPackagedComponents } from "../k3s/packaged-components/apply.ts";
import type { PackagedChange } from "../k3s/packaged-components/apply.ts";
import type { PackagedName } from "../k3s/packaged-components/names.ts";
import { withAdministrator } from "../phases/context.ts";

/** Plays a restart of the K3s server, and tells which of its objects it took back from whoever had changed them. */
export async function restartK3s(layout: LabLayout, disable: readonly PackagedName[]): Promise<void> {
  const changes = await withAdministrator(layout, (client) => applyPackagedComponents(client, { disable }));
  for (const change of changes) console.log(describe(change));
  console.log(pc.green("K3s has restarted."));
}

function describe({ action, object: { kind = "", metadata } }: PackagedChange): string {
  return `${action}: ${kind} ${[metadata?.namespace, metadata?.name].filter(Boolean).join("/")}`;
}
