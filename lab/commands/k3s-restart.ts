import pc from "picocolors";

import type { LabLayout } from "../cluster/layout.ts";
import { applyPackagedComponents } from "../k3s/packaged-components/apply.ts";
import { addons, keyOf } from "../k3s/packaged-components/manifests.ts";
import type { PackagedName } from "../k3s/packaged-components/names.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { withAdministrator } from "../phases/context.ts";

/** Plays a restart of the K3s server, and tells which of its objects it took back from whoever had changed them. */
export async function restartK3s(layout: LabLayout, disable: readonly PackagedName[]): Promise<void> {
  await withAdministrator(layout, async (client) => {
    const before = await versions(client);
    await applyPackagedComponents(client, { disable });
    const after = await versions(client);
    const changed = [...before].filter(([name, version]) => version !== undefined && after.get(name) !== version);
    for (const [name] of changed) console.log(`${after.get(name) === undefined ? "deleted" : "reverted"}: ${name}`);
    for (const [name, version] of after)
      if (version !== undefined && before.get(name) === undefined) console.log(`created: ${name}`);
    console.log(pc.green("K3s has restarted."));
  });
}

/** The version of each packaged object by its name; undefined where it is not there. */
async function versions(client: ClusterClient): Promise<Map<string, string | undefined>> {
  const objects = addons().flatMap((addon) => addon.objects);
  const live = await Promise.all(objects.map((object) => client.get(keyOf(object))));
  return new Map(objects.map((object, index) => [describe(object), live[index]?.metadata?.resourceVersion]));
}

function describe({ kind = "", metadata }: AnyObject): string {
  return `${kind} ${[metadata?.namespace, metadata?.name].filter(Boolean).join("/")}`;
}
