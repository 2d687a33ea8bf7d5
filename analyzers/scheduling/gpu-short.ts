import type { Node } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import { isOpen, namesOf } from "./open-nodes.ts";
import type { Placement, SchedulingCode } from "./placement.ts";
import { isReady } from "../readiness.ts";
import { allocatable } from "./resources.ts";
import type { Verdict } from "../verdict.ts";

const page = "docs/components/gpu-operator.md";

/**
 * Why no node has a GPU slice for a pod, told apart by what nodes say of themselves (labels of GPU feature discovery and node
 * feature discovery) and by the slices that pods have.
 *
 * @param resource extended resource that the pod asks one of
 * @param shortOn how many nodes are short of it, as the scheduler counts them; those without any GPU are among them
 * @returns undefined when slices are free, and something else keeps the desktop from them
 */
export function gpuVerdict(
  placement: Placement,
  resource: string,
  shortOn: number,
): Verdict<SchedulingCode> | undefined {
  const offering = placement.nodes.filter((it) => allocatable(it, resource) > 0);
  if (offering.length === 0) return notOffered(placement, resource);
  const ready = offering.filter(isReady);
  if (ready.length === 0)
    return {
      code: "AllNodesUnready",
      problem: `${upper(placement.who)} asks for 1 ${resource}, and no node that has it is ready: ${listed(namesOf(offering))}.`,
      remedy: "Look at `kubectl describe node` there, and at K3s on that machine.",
    };
  const open = ready.filter((it) => isOpen(it, placement));
  const hasFree = ready.some((it) => placement.slicesInUse(it.metadata.name, resource) < allocatable(it, resource));
  // Free on nodes that are closed, or that are short of something else.
  if (hasFree && (open.length === 0 || shortOn <= placement.nodes.length - offering.length)) return undefined;
  const full = open.length > 0 ? open : ready;
  return full.every((it) => isUnshared(it, resource)) ? unshared(full, resource) : allInUse(placement, full, resource);
}

function allInUse(placement: Placement, nodes: readonly Node[], resource: string): Verdict<SchedulingCode> {
  const use = [...nodes]
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .map((it) => {
      const slices = allocatable(it, resource);
      const taken = placement.slicesInUse(it.metadata.name, resource);
      return taken >= slices
        ? `${it.metadata.name} ${taken} of ${slices}`
        : `${it.metadata.name} ${slices} of ${slices}, not all by desktops`;
    });
  const unsharedNodes = namesOf(nodes.filter((it) => isUnshared(it, resource)));
  const hint =
    unsharedNodes.length > 0
      ? ` GPUs are not shared on ${listed(unsharedNodes)}, which may be on purpose; see ${page}.`
      : "";
  return {
    code: "GpuSlicesInUse",
    problem: `All GPU slices (${resource}) are in use: ${listed(use)}.`,
    remedy: `${upper(placement.who)} starts when one becomes free: end or suspend a session that has one, or add a GPU node.${validatorHint(placement)}${hint}`,
  };
}

/** GPU feature discovery tells the physical count and the factor; without a factor above 1 each GPU counts once. */
function isUnshared(node: Node, resource: string): boolean {
  const count = Number(node.metadata.labels?.["nvidia.com/gpu.count"]);
  return resource.startsWith("nvidia.com/gpu") && count > 0 && allocatable(node, resource) === count;
}

function unshared(nodes: readonly Node[], resource: string): Verdict<SchedulingCode> {
  const told = nodes.filter((it) => Number(it.metadata.labels?.["nvidia.com/gpu.replicas"]) > 1);
  const counts = nodes.map(
    (it) => `${it.metadata.name} has ${counted(allocatable(it, resource), "GPU")} and offers as many`,
  );
  const remedy =
    told.length > 0
      ? `The label nvidia.com/gpu.replicas of ${listed(namesOf(told))} says that they are to be shared, but the device plugin has not taken that up: restart it`
      : "Have the time-slicing config named as `default` in the ClusterPolicy, or by the node's label nvidia.com/device-plugin.config";
  return {
    code: "TimeSlicingNotApplied",
    problem: `All GPUs are in use, and time-slicing is not applied: ${listed(counts.sort())} of ${resource}.`,
    remedy: `${remedy}; see ${page}. It starts then, or when a GPU becomes free.`,
  };
}

function notOffered({ nodes, who }: Placement, resource: string): Verdict<SchedulingCode> {
  const other = [...new Set(nodes.flatMap((it) => sisters(it, resource)))].sort();
  if (other.length > 0)
    return {
      code: "GpuResourceRenamed",
      problem: `${upper(who)} asks for 1 ${resource}, but the GPU nodes offer ${listed(other)} instead.`,
      remedy: `Set spec.gpuResourceName of the template to what they offer, or take renameByDefault out of the time-slicing config; see ${page}.`,
    };
  const withCard = namesOf(nodes.filter(hasNvidiaCard));
  if (withCard.length > 0)
    return {
      code: "NoGpuNode",
      problem: `No node offers ${resource}, although ${listed(withCard)} ${withCard.length === 1 ? "has" : "have"} an NVIDIA card: driver or device plugin are not ready there.`,
      remedy: `Look at the pods in the namespace gpu-operator; see ${page}.`,
    };
  const whose = nodes.length === 1 ? "the only node has no" : `none of the ${counted(nodes.length, "node")} has an`;
  return {
    code: "NoGpuNode",
    problem: `No node offers ${resource}, and ${whose} NVIDIA card by its labels.`,
    remedy: "Add a GPU node, or use a template without GPU.",
  };
}

/** The GPU operator's validator takes a slice itself, and waits with all others (NVIDIA/gpu-operator validator: plugin). */
function validatorHint({ who }: Placement): string {
  return /nvidia-(device-plugin|cuda)-validator/.test(who)
    ? " The validator only tries a GPU out: what runs goes on, and it passes when a slice is free."
    : "";
}

function upper(who: string): string {
  return who.charAt(0).toUpperCase() + who.slice(1);
}

/** The same GPUs under another name: `renameByDefault` appends `.shared`. */
function sisters(node: Node, resource: string): string[] {
  const family = resource.replace(/\.shared$/, "");
  return [family, `${family}.shared`].filter((it) => it !== resource && allocatable(node, it) > 0);
}

// 10de is NVIDIA's PCI vendor id; node feature discovery puts the class before it or not, as configured.
function hasNvidiaCard({ metadata }: Node): boolean {
  return Object.entries(metadata.labels ?? {}).some(
    ([key, value]) =>
      (/^feature\.node\.kubernetes\.io\/pci-(\w+_)?10de(_\w+)?\.present$/.test(key) && value === "true") ||
      (key === "nvidia.com/gpu.present" && value === "true"),
  );
}
