import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { podRef } from "../containers/pod-facts.ts";
import { refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { partsOn } from "./parts.ts";

const forRuntime = ["container toolkit", "driver"] as const;

/** What init containers of the GPU operator's pods wait for on their node, by their names, the nearest first. */
const awaited: Readonly<Record<string, readonly string[]>> = {
  "driver-validation": ["driver"],
  "toolkit-validation": forRuntime,
  "cuda-validation": forRuntime,
  "plugin-validation": ["device plugin", ...forRuntime],
};

/** The parts on its node that one of the GPU operator's init containers waits for; none for any other container. */
export function partsAwaited(cluster: Cluster, pod: Pod, container: string): Dependency[] {
  return partsNamed(cluster, pod, awaited[container] ?? [], `${container} waits for`);
}

/** The parts on its node that give a pod the runtime nvidia; none for a pod that asks for another one. */
export function runtimeParts(cluster: Cluster, pod: Pod): Dependency[] {
  return /nvidia/.test(pod.spec?.runtimeClassName ?? "")
    ? partsNamed(cluster, pod, forRuntime, "the runtime nvidia comes from")
    : [];
}

function partsNamed(cluster: Cluster, pod: Pod, names: readonly string[], why: string): Dependency[] {
  const parts = partsOn(pod.spec?.nodeName ?? "", cluster.pods).map((it) => ({ ...it, object: podRef(it.pod) }));
  return names
    .flatMap((name) => parts.filter((it) => it.name === name))
    .map(({ name, object }) => ({ object, because: `${why} the ${name} of its node, ${refText(object)}` }));
}
