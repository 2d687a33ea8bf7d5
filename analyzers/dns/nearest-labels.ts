import { ownValue } from "../../kube/own-value.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { ObjectRef } from "../finding.ts";
import { workloads } from "../workloads/workload.ts";

/** Where labels of pods and a selector come apart. */
export interface Difference {
  readonly key: string;
  readonly wanted: string;
  readonly is: string | undefined;
}

/** The workload of a namespace whose pods' labels are nearest to a selector, and in what they differ; undefined when none is near. */
export function nearestLabels(
  cluster: Cluster,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): { object: ObjectRef; differences: Difference[] } | undefined {
  const wanted = Object.entries(selector);
  const found = workloads(cluster, ["Deployment", "StatefulSet", "DaemonSet"], namespace)
    .map((it) => {
      const labels = it.spec?.template?.metadata?.labels ?? {};
      const differences = wanted
        .filter(([key, value]) => ownValue(labels, key) !== value)
        .map(([key, value]): Difference => ({ key, wanted: value, is: ownValue(labels, key) }));
      return { object: refOf(it), differences, likeness: nameLikeness(it.metadata.name, wanted) };
    })
    // With nothing in common but labels that all of a release have, it is another part.
    .filter(({ differences, likeness }) => differences.length < wanted.length || likeness > 0);
  return found.toSorted((a, b) => b.likeness - a.likeness || a.differences.length - b.differences.length)[0];
}

/** How many of the selector's values are in the workload's name, or the other way round. */
function nameLikeness(name: string, wanted: readonly [string, string][]): number {
  return wanted.filter(([, value]) => value.length > 2 && (name.includes(value) || value.includes(name))).length;
}
