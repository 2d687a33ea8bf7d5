import type { Node, Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { ContainerCode } from "./containers.ts";
import { isReady } from "../readiness.ts";
import type { Verdict } from "../verdict.ts";

/**
 * What the node under a pod has become; undefined while it is ready, or where nodes are not known.
 *
 * @param who `the desktop`, `Pod kasm/kasm-api-0`
 */
export function nodeVerdict({ spec }: Pod, nodes: readonly Node[], who: string): Verdict<ContainerCode> | undefined {
  const name = spec?.nodeName;
  // With no node at all they could not be read: a cluster has one.
  if (name === undefined || nodes.length === 0) return undefined;
  const node = nodes.find(({ metadata }) => metadata.name === name);
  if (node && isReady(node)) return undefined;
  return node
    ? {
        code: "NodeLost",
        problem: `Node ${name}, on which ${who} runs, does not answer.`,
        remedy: `Bring it back, or delete it with \`kubectl delete node ${name}\` so that the pod is made anew on another one.`,
      }
    : {
        code: "NodeLost",
        problem: `Node ${name}, on which ${who} ran, is gone.`,
        remedy: "The pod is made anew on another one; volumes that lay on that node are lost with it.",
      };
}

/** Why a pod has failed; undefined for one that has not. */
export function endVerdict({ metadata, status }: Pod): Verdict<ContainerCode> | undefined {
  if (status?.phase !== "Failed" && status?.phase !== "Succeeded") return undefined;
  const { reason = "", message = "", conditions = [] } = status;
  const disruption = conditions.find(({ type, status: is }) => type === "DisruptionTarget" && is === "True");
  const said = quoted(message.replace(/^Pod was rejected: /, "")) || "the kubelet does not say why";
  if (reason === "UnexpectedAdmissionError") return refusedByPlugin(said);
  if (reason === "NodeLost" || /^(Node)?Shutdown$|^Terminated$/.test(reason))
    return {
      code: "NodeLost",
      problem: `The node under the pod went down: ${said}.`,
      remedy: "The pod is made anew on another one.",
    };
  if (reason === "Evicted" || reason === "Preempting" || disruption)
    return evictionVerdict(message === "" ? disruption?.message : message);
  if (/^(OutOf|NodeAffinity|NodePorts|NodeName|AppArmor|SysctlForbidden)/.test(reason))
    return {
      code: "NodeRefused",
      problem: `The node did not take the pod that it was given: ${said}.`,
      remedy: "It is tried again elsewhere where a controller made the pod; delete it otherwise.",
    };
  return {
    code: "PodFailed",
    problem: `Pod ${metadata.name} ended${reason === "" ? "" : ` (${reason}: ${said})`}.`,
    remedy: "It is replaced by another one where a controller made it.",
  };
}

function refusedByPlugin(said: string): Verdict<ContainerCode> {
  return {
    code: "UnexpectedAdmissionError",
    problem: `The node's device plugin refused the pod: ${said}.`,
    remedy: /maximum request size/.test(said)
      ? "Shared GPUs are given out one by one: ask for gpu 1."
      : "Look at the device plugin's pod on that node, see docs/components/gpu-operator.md.",
  };
}

/** Why a pod was taken off its node, without the figures that differ each time. */
export function evictionVerdict(said: string | undefined): Verdict<ContainerCode> {
  const [, resource] = /low on resource: (\S+?)\./.exec(untrusted(said ?? "")) ?? [];
  return resource === undefined
    ? {
        code: "Evicted",
        problem: `The pod was taken off its node: ${quoted(said ?? "it is not said why")}.`,
        remedy: "It starts again where there is room.",
      }
    : {
        code: "Evicted",
        problem: `The pod was taken off its node, which ran out of ${resource}.`,
        remedy: "It starts again where there is room; give the node more, or pods less.",
      };
}

/**
 * A pod that should have ended by now.
 *
 * @param node that it is on; undefined: that is gone; `unknown` where nodes are not known
 */
export function terminatingVerdict(
  { metadata, spec }: Pod,
  node: Node | "unknown" | undefined,
): Verdict<"TerminatingStuck"> {
  const finalizers = metadata.finalizers ?? [];
  const where = spec?.nodeName === undefined ? "" : ` on ${spec.nodeName}`;
  const kubectl = `kubectl delete pod ${metadata.name} --namespace ${metadata.namespace ?? ""}`;
  if (spec?.nodeName !== undefined && node !== "unknown" && !isReady(node))
    return {
      code: "TerminatingStuck",
      problem: `Pod ${metadata.name} does not end: its node ${spec.nodeName} ${node ? "does not answer" : "is gone"}.`,
      remedy: `Bring the node back, or delete it when it does not come back (\`kubectl delete node ${spec.nodeName}\`): its pods go then.`,
    };
  if (finalizers.length > 0)
    return {
      code: "TerminatingStuck",
      problem: `Pod ${metadata.name} does not end${where}: finalizer ${finalizers.join(", ")} is not removed.`,
      remedy:
        "Find the controller that owns the finalizer, and have it run; remove the finalizer only when it is gone.",
    };
  return {
    code: "TerminatingStuck",
    problem: `Pod ${metadata.name} does not end${where} though its grace period is over.`,
    remedy: `Look at the kubelet's log${where}: a process that does not end, or a volume that is not unmounted. As a last resort it can be deleted by force, which may leave its processes running.`,
    command: `${kubectl} --grace-period=0 --force`,
    risk: "data-loss",
  };
}
