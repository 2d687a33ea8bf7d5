import { graceSeconds } from "../readiness.ts";
import type { Pod, Volume } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { livePods, podRef } from "./pod-facts.ts";
import { objectMissing } from "./references.ts";

type Kind = "Secret" | "ConfigMap";

interface Use {
  readonly pod: Pod;
  readonly volume: string;
  readonly object: ObjectRef & { readonly kind: Kind };
}

/**
 * Secrets and ConfigMaps of volumes that do not exist. The pod stands still before its first container (`Init:0/5`), and its
 * status says nothing: the kubelet tells it in an event, which is gone after an hour.
 */
export const missingObjects: Analyzer = {
  area: "containers",
  title: "Secrets and ConfigMaps of volumes exist",
  needs: ["Pod"],
  analyze(cluster) {
    const waiting = livePods(cluster).filter((pod) => standsStill(cluster, pod));
    const uses = waiting
      .flatMap(usesOf)
      .filter(({ object }) => cluster.isMissing(object.kind, object.name, object.namespace));
    const byObject = Map.groupBy(uses, ({ object }) => refText(object));
    return {
      checked: cluster.pods.length > 0 ? counted(cluster.pods.length, "pod") : undefined,
      findings: [...byObject.values()].flatMap((them) => findingOf(them) ?? []),
    };
  },
};

/** Whether none of its containers has begun since longer than a start takes. */
function standsStill(cluster: Cluster, { metadata, spec, status }: Pod): boolean {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses];
  const hasBegun = all.some(({ state, restartCount }) => state?.running || state?.terminated || restartCount > 0);
  return spec?.nodeName !== undefined && !hasBegun && cluster.isOlderThan(metadata.creationTimestamp, graceSeconds);
}

function usesOf(pod: Pod): Use[] {
  const { namespace = "" } = pod.metadata;
  return (pod.spec?.volumes ?? []).flatMap((volume) =>
    namesIn(volume).map(([kind, name]) => ({ pod, volume: volume.name ?? "", object: { kind, namespace, name } })),
  );
}

function namesIn({ secret, configMap }: Volume): [Kind, string][] {
  return [
    ...(secret?.secretName !== undefined && secret.optional !== true
      ? [["Secret", secret.secretName] as [Kind, string]]
      : []),
    ...(configMap?.name !== undefined && configMap.optional !== true
      ? [["ConfigMap", configMap.name] as [Kind, string]]
      : []),
  ];
}

function findingOf(uses: readonly Use[]): Finding | undefined {
  const [first] = uses;
  if (!first) return undefined;
  const { object } = first;
  const { code, remedy } = objectMissing(object.kind, object.name);
  const pods = uses.map(({ pod }) => podRef(pod));
  return {
    code,
    object,
    problem: `${refText(object)} does not exist, and ${listed(pods.map(refText))} cannot start without it.`,
    evidence: uses.slice(0, 3).map(({ pod, volume }) => ({
      object: podRef(pod),
      field: `spec.volumes[${volume}]`,
      value: object.name,
    })),
    fix: [{ text: remedy, risk: "manual" }],
    explains: pods.map((pod) => ({ object: pod, because: `it mounts ${refText(object)}` })),
  };
}
