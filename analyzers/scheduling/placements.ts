import type { Node, PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import type { Placement } from "./placement.ts";
import { isReady } from "../readiness.ts";
import { amountText, podRequests, requestsByNode } from "./resources.ts";
import type { Amounts } from "./resources.ts";
import { tolerates } from "./taints.ts";
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
  const place = placeOfVolumes(cluster, pod, gpuResource);
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
    ...place,
  };
}

export function isGpu(resource: string): boolean {
  return resource.startsWith("nvidia.com/") || resource.startsWith("amd.com/") || resource.startsWith("gpu.intel.com/");
}

/** Where a pod's volumes lie, as far as that is a node of its own. */
function placeOfVolumes(
  cluster: Cluster,
  pod: Pod,
  gpuResource: string | undefined,
): Pick<Placement, "volumePlace" | "volumeLacks"> {
  const { namespace = "" } = pod.metadata;
  for (const name of claimNames(pod)) {
    const claim = cluster.get("PersistentVolumeClaim", name, namespace) as PersistentVolumeClaim | undefined;
    const [nodeName] = nodesOf(volumeOf(cluster, claim));
    if (nodeName === undefined || cluster.nodes.length === 0) continue;
    const node = cluster.nodes.find(({ metadata }) => metadata.name === nodeName);
    const state = stateOf(node, gpuResource);
    const lacks = node && gpuResource !== undefined && lacksGpu(node, gpuResource) ? { volumeLacks: gpuResource } : {};
    return { volumePlace: `claim ${name} lies on ${nodeName}, which ${state}`, ...lacks };
  }
  return {};
}

function stateOf(node: Node | undefined, gpuResource: string | undefined): string {
  if (!node) return "is gone";
  if (!isReady(node)) return "is not ready";
  if (node.spec?.unschedulable === true) return "is cordoned";
  return gpuResource !== undefined && lacksGpu(node, gpuResource) ? `has no ${gpuResource}` : "has no room for it";
}

function lacksGpu({ status }: Node, gpuResource: string): boolean {
  return Number(status?.allocatable?.[gpuResource] ?? 0) === 0;
}
