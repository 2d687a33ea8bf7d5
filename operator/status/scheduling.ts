import type { Node } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import { gpuFinding } from "./gpu.ts";
import { homeOnOtherNode } from "./home-elsewhere.ts";
import type { Moment } from "./moment.ts";
import { isReady } from "../readiness.ts";
import { allocatable, isOpen, matches, names, repellingTaints } from "./nodes.ts";
import type { Finding } from "./reasons.ts";
import { desktopRequest } from "./request.ts";
import { parseVerdict } from "./scheduler-verdict.ts";
import type { NodeRefusal } from "./scheduler-verdict.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import { homeFinding } from "./storage.ts";

/** A verdict of the scheduler comes within a moment; so long a status does not tell each step on the way. */
const verdictMs = 10_000;

/** Whether all goes as usual so far, and what becomes of the pod is about to be known. */
export function isSettling({ pod }: SessionView, moment: Moment): boolean {
  if (!pod) return true;
  return !isPlaced(pod) && !verdict(pod) && !moment.isLaterThan(pod.metadata.creationTimestamp, verdictMs);
}

export function isPlaced(pod: SessionView["pod"]): boolean {
  return pod?.spec?.nodeName !== undefined;
}

/** Why the pod has no node. */
export function schedulingFinding(view: SessionView): Finding | undefined {
  const { pod, nodes } = view;
  if (!pod || isPlaced(pod)) return undefined;
  const said = verdict(pod);
  if (!said) return { reason: "Scheduling", message: waiting(pod.metadata.name) };
  if (nodes.length > 0 && !nodes.some(isReady))
    return {
      reason: "AllNodesUnready",
      message: `No node is ready: ${listed(names(nodes))}. Look at \`kubectl describe node\`, and at K3s on these machines.`,
    };
  const refusals = parseVerdict(said.message ?? "")?.refusals ?? [];
  for (const judge of judges) {
    const found = judge(view, refusals);
    if (found) return found;
  }
  return {
    reason: "Unschedulable",
    message: `The scheduler finds no node for the desktop: ${firstSentence(said.message)}.`,
  };
}

function verdict(pod: NonNullable<SessionView["pod"]>) {
  return pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
}

type Judge = (view: SessionView, refusals: readonly NodeRefusal[]) => Finding | undefined;

/** What is nearest to a node that could take the desktop comes first: nodes that are out of question explain nothing. */
const judges: readonly Judge[] = [
  homeOnOtherNode,
  gpuShort,
  resourceShort("memory", "MemoryShort"),
  resourceShort("cpu", "CpuShort"),
  otherShort,
  nodesFull,
  homePending,
  cordoned,
  tainted,
  selectorUnmatched,
];

function gpuShort(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const { gpuResource } = desktopRequest(view);
  const short = refusals.find(({ why, what }) => why === "insufficient" && what === gpuResource);
  return gpuResource !== undefined && short ? gpuFinding(view, gpuResource, short.nodes) : undefined;
}

function resourceShort(resource: "cpu" | "memory", reason: "CpuShort" | "MemoryShort"): Judge {
  return (view, refusals) => {
    const short = refusals.find(({ why, what }) => why === "insufficient" && what === resource);
    if (!short) return undefined;
    const asked = desktopRequest(view)[resource];
    return {
      reason,
      message: `No node has ${asked ?? "enough"} ${resource === "cpu" ? "CPU" : "memory"} left for the desktop; ${considered(view)}. End sessions, ask for less in spec.resources.${resource}, or add a node.`,
    };
  };
}

function otherShort(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const { gpuResource } = desktopRequest(view);
  const short = refusals.find(({ why, what }) => why === "insufficient" && what !== gpuResource);
  if (!short) return undefined;
  return {
    reason: "ResourceShort",
    message: `No node has enough ${short.what ?? "of a resource"} left for the desktop; ${considered(view)}. Free some, or add a node.`,
  };
}

function nodesFull(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  if (!refusals.some(({ why }) => why === "full")) return undefined;
  return {
    reason: "NodesFull",
    message: `Nodes have as many pods as they may have; ${considered(view)}. End sessions, add a node, or raise the kubelet's max-pods.`,
  };
}

function homePending(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  return refusals.some(({ why }) => why === "volume-unbound" || why === "claim") ? homeFinding(view) : undefined;
}

function cordoned(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const { nodeSelector } = desktopRequest(view);
  const nodes = view.nodes.filter((it) => it.spec?.unschedulable === true && matches(it, nodeSelector));
  if (nodes.length === 0 || !refusals.some(({ why }) => why === "cordoned")) return undefined;
  return {
    reason: "NodesCordoned",
    message: `Nodes that could take the desktop are cordoned: ${listed(names(nodes))}. Open one with \`kubectl uncordon\` when its maintenance is over.`,
  };
}

/** The scheduler looks at taints before labels: a node that is tainted may lack the labels as well, and then explains nothing. */
function tainted(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const { gpuResource, nodeSelector } = desktopRequest(view);
  const taintsOf = (node: Node) => repellingTaints(node, gpuResource);
  const kept = view.nodes.filter((it) => taintsOf(it).length > 0 && matches(it, nodeSelector));
  if (kept.length === 0 || !refusals.some(({ why }) => why === "taint")) return undefined;
  const ready = kept.filter(isReady).map((it) => `${it.metadata.name} by ${listed(taintsOf(it))}`);
  const unready = names(kept.filter((it) => !isReady(it)));
  if (ready.length === 0)
    return {
      reason: "AllNodesUnready",
      message: `No node that could take the desktop is ready: ${listed(unready)}. Look at \`kubectl describe node\`, and at K3s on these machines.`,
    };
  const rest = unready.length > 0 ? ` Not ready, and therefore tainted: ${listed(unready)}.` : "";
  return {
    reason: "Tainted",
    message: `Taints keep desktops away from nodes that could take them: ${listed(ready.sort())}.${rest} Take the taint off a node, or add a node without.`,
  };
}

function selectorUnmatched(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const wanted = Object.entries(desktopRequest(view).nodeSelector).map(([key, value]) => `${key}=${value}`);
  if (wanted.length === 0 || !refusals.some(({ why }) => why === "selector")) return undefined;
  return {
    reason: "NodeSelectorUnmatched",
    message: `No node that is open has the labels ${listed(wanted)} that the template asks for. Label a node, or change spec.nodeSelector of the template.`,
  };
}

/** Which nodes could have been taken, if there were room. */
function considered(view: SessionView): string {
  const request = desktopRequest(view);
  const { gpuResource } = request;
  const open = view.nodes.filter(
    (it) => isOpen(it, request) && (gpuResource === undefined || allocatable(it, gpuResource) > 0),
  );
  const others = view.nodes.length - open.length;
  const lacking = gpuResource === undefined ? "its labels" : "its labels or GPU";
  const rest =
    others > 0 ? ` (${counted(others, "other node")} not ready, cordoned, tainted or without ${lacking})` : "";
  return `considered: ${listed(names(open))}${rest}`;
}

function waiting(pod: string): string {
  return `Pod ${pod} waits for the scheduler. If it stays so, see that kube-scheduler runs.`;
}

function firstSentence(message: string | undefined): string {
  return quoted((message ?? "it does not say why").split(/\. ?(?=preemption|no new claims)/, 1)[0] ?? "");
}
