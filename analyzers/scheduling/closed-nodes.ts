import type { Node, Taint } from "../../kube/kinds.ts";
import { listed } from "../../kube/sentences.ts";
import { ownValue } from "../../kube/own-value.ts";
import { hasLabels, namesOf } from "./open-nodes.ts";
import type { Placement, SchedulingCode } from "./placement.ts";
import { isReady } from "../readiness.ts";
import type { NodeRefusal } from "./scheduler-verdict.ts";
import { ailmentOf, repellingTaints, taintText } from "./taints.ts";
import type { Verdict } from "../verdict.ts";

/**
 * Which nodes with the right labels take no pods now: those that are cordoned, or tainted. A taint that Kubernetes itself puts
 * on a node that is not well goes by itself when it is; taking it off by hand mends nothing. The scheduler looks at taints
 * before labels: a node that is tainted may lack the labels as well, and then explains nothing.
 */
export function closedVerdict(
  placement: Placement,
  refusals: readonly NodeRefusal[],
): Verdict<SchedulingCode> | undefined {
  const fitting = placement.nodes.filter((it) => hasLabels(it, placement.nodeSelector));
  const isTold = (why: NodeRefusal["why"]) => refusals.some((it) => it.why === why);
  return (
    (isTold("cordoned") ? cordoned(fitting, placement) : undefined) ??
    (isTold("taint") ? tainted(fitting, placement) : undefined)
  );
}

function cordoned(nodes: readonly Node[], { who }: Placement): Verdict<SchedulingCode> | undefined {
  const names = namesOf(nodes.filter(({ spec }) => spec?.unschedulable === true));
  const [first] = names;
  if (first === undefined) return undefined;
  return {
    code: "NodesCordoned",
    problem: `Nodes that could take ${who} are cordoned: ${listed(names)}.`,
    remedy: "Open one with `kubectl uncordon` when its maintenance is over.",
    command: `kubectl uncordon ${first}`,
    risk: "safe",
  };
}

function tainted(nodes: readonly Node[], placement: Placement): Verdict<SchedulingCode> | undefined {
  const taintsOf = (node: Node) => repellingTaints(node, placement.isTolerated);
  const kept = nodes.filter((it) => taintsOf(it).length > 0);
  if (kept.length === 0) return undefined;
  const having = (ailment: string) => kept.filter((it) => taintsOf(it).some((taint) => ailmentOf(taint) === ailment));
  const byTaints = (some: readonly Node[], which: (taint: Taint) => boolean) =>
    some.map((it) => `${it.metadata.name} by ${listed(taintsOf(it).filter(which).map(taintText))}`).sort();
  const pressed = having("pressure");
  if (pressed.length > 0) return underPressure(pressed, placement);
  const raw = having("uninitialized");
  if (raw.length > 0)
    return {
      code: "NodesUninitialized",
      problem: `Nodes wait for a cloud controller to initialize them: ${listed(namesOf(raw))}.`,
      remedy:
        "See that the cloud controller manager runs: the taint goes by itself then. Without one start K3s without --kubelet-arg=cloud-provider=external.",
    };
  const unready = kept.filter((it) => !isReady(it));
  const ready = kept.filter(isReady);
  if (ready.length === 0)
    return {
      code: "AllNodesUnready",
      problem: `No node that could take ${placement.who} is ready: ${listed(namesOf(unready))}.`,
      remedy: "Look at `kubectl describe node`, and at K3s on these machines.",
    };
  const rest = unready.length > 0 ? ` Not ready, and therefore tainted: ${listed(namesOf(unready))}.` : "";
  return {
    code: "Tainted",
    problem: `Taints keep ${placement.who} away from nodes that could take it: ${listed(byTaints(ready, () => true))}.${rest}`,
    remedy: "Take the taint off a node, tolerate it, or add a node without.",
  };
}

function underPressure(nodes: readonly Node[], { who, isTolerated }: Placement): Verdict<SchedulingCode> {
  const shortOf = new Set(
    nodes.flatMap((it) => repellingTaints(it, isTolerated)).flatMap(({ key }) => ownValue(pressures, key) ?? []),
  );
  const what = listed([...shortOf]);
  return {
    code: "NodesUnderPressure",
    problem: `Nodes that could take ${who} run out of ${what}: ${listed(namesOf(nodes))}.`,
    remedy: `Free ${what} on ${listed(namesOf(nodes))}, or enlarge it: the kubelet takes its taint off by itself some minutes later.`,
    command: shortOf.has("disk space") ? "df -h /var/lib/rancher /var/lib/kubelet" : "kubectl describe node",
  };
}

const pressures: Readonly<Record<string, string>> = {
  "node.kubernetes.io/disk-pressure": "disk space",
  "node.kubernetes.io/memory-pressure": "memory",
  "node.kubernetes.io/pid-pressure": "process ids",
};
