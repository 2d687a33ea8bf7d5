import { untrusted } from "../../kube/untrusted-text.ts";

/** Why the scheduler did not take some nodes. */
export interface NodeRefusal {
  /** How many nodes; of what holds for all alike (a claim that is missing) the number of all. */
  readonly nodes: number;
  readonly why:
    | "insufficient"
    | "taint"
    | "selector"
    | "cordoned"
    | "volume-elsewhere"
    | "volume-unbound"
    | "claim"
    | "full"
    | "other";
  /** Resource that is short, or taint, where the scheduler names it. */
  readonly what?: string;
  readonly text: string;
}

export interface SchedulerVerdict {
  /** Nodes in the cluster, as the scheduler counts them. */
  readonly nodes: number;
  readonly refusals: readonly NodeRefusal[];
}

/**
 * Reads the message of the condition PodScheduled: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated
 * taint {key: value}. preemption: ...`. A node that lacks several resources counts for each. Form: FitError in
 * kubernetes/pkg/scheduler/framework/types.go. Since 1.34 taints are not named, and a volume's node has other words.
 *
 * @returns undefined for any other sentence
 */
export function parseVerdict(message: string): SchedulerVerdict | undefined {
  if (/^no nodes available to schedule pods/.test(message)) return { nodes: 0, refusals: [] };
  const [, total, rest] = /^0\/(\d+) nodes are available:?(.*)$/s.exec(untrusted(message)) ?? [];
  if (total === undefined || rest === undefined) return undefined;
  const nodes = Number(total);
  // What comes after the first full stop is about preemption.
  const [reasons = ""] = rest.split(/\.(?:\s|$)/, 1);
  return {
    nodes,
    refusals: reasons
      .split(/, (?=\d+ )/)
      .map((it) => it.trim())
      .filter((it) => it !== "")
      .map((it) => refusal(it, nodes)),
  };
}

const forms: readonly [RegExp, NodeRefusal["why"]][] = [
  [/^Insufficient (\S+)$/, "insufficient"],
  [/untolerated taint(?: \{([^}]*)\})?/, "taint"],
  [/had taint \{([^}]*)\}/, "taint"],
  [/node affinity\/selector|node selector/, "selector"],
  [/were unschedulable/, "cordoned"],
  [/volume node affinity conflict|PersistentVolume's node affinity|no available volume zone/, "volume-elsewhere"],
  [/unbound immediate PersistentVolumeClaims|find available persistent volumes|enough free storage/, "volume-unbound"],
  [/persistentvolumeclaim "([^"]*)"|bound to non-existent pv/i, "claim"],
  [/Too many pods/, "full"],
];

function refusal(part: string, all: number): NodeRefusal {
  const [, count, text = part] = /^(\d+) (.*)$/s.exec(part) ?? [];
  const nodes = count === undefined ? all : Number(count);
  for (const [form, why] of forms) {
    const found = form.exec(text);
    // A taint without a value is told as `key: `.
    if (found) return { nodes, why, ...(found[1] !== undefined && { what: found[1].replace(/: $/, "") }), text };
  }
  return { nodes, why: "other", text };
}

/** Whether the scheduler, which had chosen a node, gave up waiting for the volume there (plugin VolumeBinding, PreBind). */
export function isVolumeTimeout(said: string): boolean {
  return /PreBind plugin "VolumeBinding"|^binding volumes: /.test(untrusted(said));
}
