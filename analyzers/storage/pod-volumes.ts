import type { Pod } from "../../kube/kinds.ts";
import type { Analyzer } from "../analyzer.ts";
import { entryOf } from "../catalog.ts";
import type { Cluster } from "../cluster.ts";
import type { Dependency } from "../finding.ts";
import { checkedPods, findingOf } from "../containers/pod-containers.ts";
import { podVerdicts } from "../containers/pod-verdicts.ts";
import { claimNames } from "./volumes.ts";

/** Volumes of pods that have a node: mounted, writable, and not full. */
export const podVolumes: Analyzer = {
  area: "storage",
  title: "Volumes are mounted and can be written to",
  needs: ["Pod"],
  analyze(cluster) {
    const found = podVerdicts(cluster).filter(({ verdict }) => entryOf(verdict.code).area !== "containers");
    return {
      checked: checkedPods(cluster),
      findings: found.map((it) => findingOf(cluster, it, dependenciesOf(cluster, it.pod))),
    };
  },
};

/** A volume's claim, and the configuration by which its directory was made. */
function dependenciesOf(cluster: Cluster, pod: Pod): Dependency[] {
  const { namespace = "" } = pod.metadata;
  const claims = claimNames(pod).map((name) => ({
    object: { kind: "PersistentVolumeClaim", namespace, name },
    because: `it uses claim ${namespace}/${name}`,
  }));
  const configs = cluster.all("ConfigMap").filter(({ metadata }) => metadata?.name === "local-path-config");
  return [
    ...claims,
    ...configs.map(({ metadata }) => ({
      object: { kind: "ConfigMap", namespace: metadata?.namespace ?? "", name: "local-path-config" },
      because: `ConfigMap ${metadata?.namespace ?? ""}/local-path-config says how directories of volumes are made`,
    })),
  ];
}
