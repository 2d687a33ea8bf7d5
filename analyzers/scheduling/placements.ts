import type { Node, PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { listed } from "../../kube/sentences.ts";
import type { Placement } from "./placement.ts";
import type { VolumePlace } from "./volume-elsewhere.ts";
import { isReady } from "../readiness.ts";
import { amountText, podRequests, requestsByNode } from "./resources.ts";
import type { Amounts } from "./resources.ts";
import { repellingTaints, taintText, tolerates } from "./taints.ts";
import { claimNames, nodesOf, volumeOf } from "../storage/volumes.ts";

const usage = new WeakMap<Cluster, ReadonlyMap<string, Amounts>>();

/** What pods ask of each node; made once for all that ask. */
export function usageOf(cluster: Cluster): ReadonlyMap<string, Amounts> {
  const made = usage.get(cluster) ?? requestsByNode(cluster.pods);
  usage.set(cluster, made);
  return made;
}

/** A pod that has no node, with all that is known of nodes and of what runs there. */
export function placementOf(cluster: Cluster, pod: Pod, said: string): Placement {
  const requests = podRequests(pod);
  const taken = (node: string, resource: string) => usageOf(cluster).get(node)?.get(resource) ?? 0;
  const gpuResource = [...requests.keys()].find((it) => isGpu(it));
  const volumePlace = placeOf(cluster, pod, gpuResource);
  return {
    who: `Pod ${pod.metadata.name}`,
    said,
    nodes: cluster.nodes,
    asks: Object.fromEntries([...requests].map(([name, amount]) => [name, amountText(name, amount)])),
    gpuResource,
    nodeSelector: pod.spec?.nodeSelector ?? {},
    isTolerated: (taint) => tolerates(pod.spec?.tolerations ?? [], taint),
    requested: taken,
    slicesInUse: taken,
    ...(volumePlace && { volumePlace }),
  };
}

export function isGpu(resource: string): boolean {
  return resource.startsWith("nvidia.com/") || resource.startsWith("amd.com/") || resource.startsWith("gpu.intel.com/");
}

/** A claim of a pod, and the nodes to which its volume is bound. */
export interface ClaimPlace {
  readonly claim: string;
  readonly nodes: readonly string[];
}

/** Where a pod's volumes lie, as far as that is a node of its own. */
export function volumePlaces(cluster: Cluster, pod: Pod): ClaimPlace[] {
  return claimNames(pod)
    .map((claim) => {
      const found = cluster.get("PersistentVolumeClaim", claim, pod.metadata.namespace);
      return { claim, nodes: nodesOf(volumeOf(cluster, found as PersistentVolumeClaim | undefined)) };
    })
    .filter(({ nodes }) => nodes.length > 0);
}

/** The first of these that tells why the pod is not there. */
function placeOf(cluster: Cluster, pod: Pod, gpuResource: string | undefined): VolumePlace | undefined {
  const [place] = volumePlaces(cluster, pod);
  const [nodeName] = place?.nodes ?? [];
  if (!place || nodeName === undefined || cluster.nodes.length === 0) return undefined;
  const node = cluster.nodes.find(({ metadata }) => metadata.name === nodeName);
  const lacks = node && gpuResource !== undefined && lacksGpu(node, gpuResource) ? gpuResource : undefined;
  return {
    node: nodeName,
    isGone: !node,
    text: `claim ${place.claim} lies on ${nodeName}, which ${stateOf(node, pod, lacks)}`,
    ...(lacks !== undefined && { lacks }),
  };
}

function stateOf(node: Node | undefined, pod: Pod, lacks: string | undefined): string {
  if (!node) return "is gone";
  if (!isReady(node)) return "is not ready";
  if (node.spec?.unschedulable === true) return "is cordoned";
  const taints = repellingTaints(node, (taint) => tolerates(pod.spec?.tolerations ?? [], taint));
  if (taints.length > 0) return `keeps it away by ${listed(taints.map(taintText))}`;
  return lacks === undefined ? "has no room for it" : `has no ${lacks}`;
}

function lacksGpu({ status }: Node, gpuResource: string): boolean {
  return Number(status?.allocatable?.[gpuResource] ?? 0) === 0;
}
