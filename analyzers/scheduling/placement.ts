import type { Node, Taint } from "../../kube/kinds.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { scheduling } from "../catalog/scheduling.ts";
import { closedVerdict } from "./closed-nodes.ts";
import { gpuVerdict } from "./gpu-short.ts";
import { isOpen, namesOf } from "./open-nodes.ts";
import { isReady } from "../readiness.ts";
import { allocatable, amountOf, amountText } from "./resources.ts";
import { isVolumeTimeout, parseVerdict } from "./scheduler-verdict.ts";
import type { NodeRefusal } from "./scheduler-verdict.ts";
import type { Verdict } from "../verdict.ts";
import { volumeElsewhere } from "./volume-elsewhere.ts";
import type { VolumePlace } from "./volume-elsewhere.ts";

/** What a pod without a node, for itself, may have. */
export type SchedulingCode = Exclude<keyof typeof scheduling, "InitDeadlock" | "SchedulerSilent"> | "ClaimMissing";

/** A pod that has no node, and the nodes that there are. */
export interface Placement {
  /** `the desktop`, `Pod kasm/kasm-db-0` */
  readonly who: string;
  /** What the scheduler says. */
  readonly said: string;
  readonly nodes: readonly Node[];
  /** What it asks of a node, by resource, as people write it. */
  readonly asks: Readonly<Record<string, string>>;
  /** Extended resource of GPUs that it asks for. */
  readonly gpuResource: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly isTolerated: (taint: Taint) => boolean;
  /** What other pods ask of a node; undefined where they are not known. */
  readonly requested?: (node: string, resource: string) => number;
  /** Slices of a GPU resource that pods on a node have. */
  readonly slicesInUse: (node: string, resource: string) => number;
  /** Where its volume lies, when that is known. */
  readonly volumePlace?: VolumePlace;
}

/**
 * Why a pod finds no node. What is nearest to a node that could take it comes first: nodes that are out of question explain
 * nothing.
 */
export function placementVerdict(placement: Placement): Verdict<SchedulingCode> {
  const { nodes, said, who } = placement;
  if (nodes.length > 0 && !nodes.some(isReady))
    return {
      code: "AllNodesUnready",
      problem: `No node is ready: ${listed(namesOf(nodes))}.`,
      remedy: "Look at `kubectl describe node`, and at K3s on these machines.",
    };
  const refusals = parseVerdict(said)?.refusals ?? [];
  for (const rule of rules) {
    const found = rule(placement, refusals);
    if (found) return found;
  }
  return {
    code: "Unschedulable",
    problem: `The scheduler finds no node for ${who}: ${firstSentence(said)}.`,
    remedy: "See what the pod asks for: its affinity, topology spread and host ports.",
  };
}

type Rule = (placement: Placement, refusals: readonly NodeRefusal[]) => Verdict<SchedulingCode> | undefined;

const rules: readonly Rule[] = [
  volumeElsewhere,
  gpuShort,
  resourceShort("memory", "MemoryShort"),
  resourceShort("cpu", "CpuShort"),
  otherShort,
  nodesFull,
  claimNotBound,
  closedVerdict,
  selectorUnmatched,
];

function gpuShort(placement: Placement, refusals: readonly NodeRefusal[]) {
  const { gpuResource } = placement;
  const short = refusals.find(({ why, what }) => why === "insufficient" && what === gpuResource);
  return gpuResource !== undefined && short ? gpuVerdict(placement, gpuResource, short.nodes) : undefined;
}

function resourceShort(resource: "cpu" | "memory", code: "CpuShort" | "MemoryShort"): Rule {
  return (placement, refusals) => {
    if (!refusals.some(({ why, what }) => why === "insufficient" && what === resource)) return undefined;
    const name = resource === "cpu" ? "CPU" : "memory";
    return {
      code,
      problem: `No node has ${placement.asks[resource] ?? "enough"} ${name} left for ${placement.who}; ${considered(placement, resource)}.`,
      remedy: `End what is not needed, ask for less ${name}, or add a node: requests count, not what is used.`,
    };
  };
}

function otherShort(placement: Placement, refusals: readonly NodeRefusal[]) {
  const short = refusals.find(({ why, what }) => why === "insufficient" && what !== placement.gpuResource);
  if (!short) return undefined;
  const resource = short.what ?? "of a resource";
  return {
    code: "ResourceShort" as const,
    problem: `No node has enough ${resource} left for ${placement.who}; ${considered(placement, resource)}.`,
    remedy: "Free some, or add a node.",
  };
}

function nodesFull(placement: Placement, refusals: readonly NodeRefusal[]) {
  if (!refusals.some(({ why }) => why === "full")) return undefined;
  return {
    code: "NodesFull" as const,
    problem: `Nodes have as many pods as they may have; ${considered(placement, "pods")}.`,
    remedy: "End pods, add a node, or raise the kubelet's max-pods.",
  };
}

function claimNotBound({ who, said }: Placement, refusals: readonly NodeRefusal[]) {
  if (isVolumeTimeout(said))
    return {
      code: "ClaimNotBound" as const,
      problem: `The node that ${who} was to have waited in vain for its volume: ${quoted(said)}.`,
      remedy: "See why the claim gets no volume.",
    };
  const [claim] = refusals.filter(({ why }) => why === "volume-unbound" || why === "claim");
  if (!claim) return undefined;
  const name = claim.why === "claim" ? claim.what : undefined;
  if (name !== undefined && said.includes(`"${name}" not found`))
    return {
      code: "ClaimMissing" as const,
      problem: `PersistentVolumeClaim ${name}, which ${who} uses, does not exist.`,
      remedy: "Create it, or correct its name in the pod.",
    };
  return {
    code: "ClaimNotBound" as const,
    problem: `A claim of ${who} is not bound: ${quoted(claim.text)}.`,
    remedy: "See why the claim gets no volume.",
  };
}

function selectorUnmatched({ nodeSelector, who }: Placement, refusals: readonly NodeRefusal[]) {
  const wanted = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  if (wanted.length === 0 || !refusals.some(({ why }) => why === "selector")) return undefined;
  return {
    code: "NodeSelectorUnmatched" as const,
    problem: `No node that is open has the labels ${listed(wanted)} that ${who} asks for.`,
    remedy: "Label a node, or change the nodeSelector.",
    command: `kubectl label node NODE ${wanted.join(" ")}`,
  };
}

/** Which nodes could have been taken, if there were room, with the arithmetic where pods are known. */
function considered(placement: Placement, resource: string): string {
  const { gpuResource, nodes } = placement;
  const open = nodes.filter(
    (it) => isOpen(it, placement) && (gpuResource === undefined || allocatable(it, gpuResource) > 0),
  );
  const others = nodes.length - open.length;
  const lacking = gpuResource === undefined ? "its labels" : "its labels or GPU";
  const rest =
    others > 0 ? ` (${counted(others, "other node")} not ready, cordoned, tainted or without ${lacking})` : "";
  return `considered: ${listed(open.map((it) => `${it.metadata.name}${room(it, placement, resource)}`).sort())}${rest}`;
}

function room(node: Node, { requested, asks }: Placement, resource: string): string {
  if (!requested) return "";
  const [all, taken] = [allocatable(node, resource), requested(node.metadata.name, resource)];
  const text = (amount: number) => amountText(resource, amount);
  const left = Math.max(all - taken, 0);
  // Room where the scheduler saw none, and the node is large enough: pods that take it were not read.
  const asked = ownValue(asks, resource);
  const isPartial = asked !== undefined && left >= amountOf(asked) && left > 0;
  if (isPartial) return ` (${text(all)} allocatable, at least ${text(taken)} requested)`;
  return ` (${text(all)} allocatable - ${text(taken)} requested = ${text(left)} left)`;
}

function firstSentence(message: string): string {
  return quoted(
    message === "" ? "it does not say why" : (message.split(/\. ?(?=preemption|no new claims)/, 1)[0] ?? ""),
  );
}
