import type { PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import { listed, quoted } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { podRef } from "../containers/pod-facts.ts";
import type { Evidence, Finding } from "../finding.ts";
import { claimsBehind } from "../storage/claims-behind.ts";
import { claimNames, selectedNode } from "../storage/volumes.ts";

/** Of the claims that a pod uses, those that are there and have no volume yet. */
export function pendingClaims(cluster: Cluster, pod: Pod): PersistentVolumeClaim[] {
  return claimNames(pod)
    .map((name) => cluster.get("PersistentVolumeClaim", name, pod.metadata.namespace))
    .filter((it) => it !== undefined)
    .map((it) => it as PersistentVolumeClaim)
    .filter(({ status }) => status?.phase === "Pending");
}

/**
 * The scheduler has chosen a node, and waits up to ten minutes for the volume that is to be made there. It notes down the choice
 * at the claim, and nothing at the pod until it gives up, after which it begins anew.
 *
 * @param said what it says at the pod then
 */
export function awaitedVolume(cluster: Cluster, pod: Pod, said?: string): Finding | undefined {
  const { namespace = "", name: podName } = pod.metadata;
  const pending = pendingClaims(cluster, pod);
  const chosen = pending.find((it) => nodeFor(it) !== undefined);
  // Whoever fails to make the volume takes the choice off the claim.
  const [first] = chosen ? [chosen] : said === undefined ? [] : pending;
  if (!first) return undefined;
  const claim = { kind: "PersistentVolumeClaim", namespace, name: first.metadata.name };
  const node = nodeFor(first);
  const names = listed(pending.map(({ metadata }) => `${namespace}/${metadata.name}`));
  const evidence: Evidence[] = [
    ...(node === undefined ? [] : [{ object: claim, field: `metadata.annotations[${selectedNode}]`, value: node }]),
    ...(said === undefined
      ? []
      : [{ object: podRef(pod), field: "status.conditions[PodScheduled].message", value: quoted(said) }]),
  ];
  return {
    code: "ClaimNotBound",
    object: podRef(pod),
    problem:
      node === undefined
        ? `Pod ${podName} had a node, and lost it since no volume was made in time for ${pending.length === 1 ? "claim" : "claims"} ${names}.`
        : `Pod ${podName} is to run on Node ${node} as soon as the volume of claim ${namespace}/${claim.name} is made there.`,
    evidence,
    fix: [
      {
        text: "See why the claim gets no volume.",
        command: `kubectl describe pvc ${claim.name} --namespace ${namespace}`,
        risk: "safe",
      },
    ],
    dependsOn: claimsBehind(cluster, pod),
  };
}

function nodeFor({ metadata }: PersistentVolumeClaim): string | undefined {
  return metadata.annotations?.[selectedNode];
}
