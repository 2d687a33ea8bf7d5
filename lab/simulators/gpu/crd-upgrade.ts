import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { AnyObject, ClusterClient, ObjectKey } from "../../../kube/client.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Simulator } from "../simulator.ts";

/** CRDs as the operator's image has them: by the name of the file. */
const crdFolder = join(import.meta.dirname, "..", "..", "charts", "gpu-operator", "crds");

/**
 * Plays the chart's hook before an upgrade, which makes CRDs that are new in it: Helm makes none on an upgrade. What is
 * there stays as it is, since the lab's schemas are short ones.
 */
export function crdUpgradeSimulator(client: ClusterClient, view: ClusterView): Simulator {
  return {
    name: "gpu-operator-upgrade-crd",
    reads: ["gpuOperatorJobs"],
    async reconcile() {
      const files = view.all("gpuOperatorJobs").flatMap(upgradedFiles);
      for (const crd of files.flatMap(crdsIn)) if (!(await client.get(crd))) await client.create(crd);
    },
  };
}

/** Files of CRDs that a Job of the chart names; none for the others. */
export function upgradedFiles({ spec }: AnyObject): string[] {
  const { template } = spec as { template: { spec: { containers: { args?: string[] }[] } } };
  const args = template.spec.containers.flatMap((container) => container.args ?? []);
  if (args[0] !== "apply") return [];
  return args.flatMap((arg) => /^--filepath=.*\/([^/]+)$/.exec(arg)?.[1] ?? []);
}

/** The CRDs of such a file; none where the lab does not know it. */
export function crdsIn(file: string): (AnyObject & ObjectKey)[] {
  if (!readdirSync(crdFolder).includes(file)) return [];
  return parseAllDocuments(readFileSync(join(crdFolder, file), "utf8"))
    .map((document) => document.toJS() as (AnyObject & ObjectKey) | null)
    .filter((crd) => crd !== null);
}
