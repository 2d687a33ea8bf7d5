import type { Pod, PodCondition } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import { isReady } from "../readiness.ts";
import type { Finding } from "./reasons.ts";
import { quoted } from "../../kube/sentences.ts";

/** The node under the pod does not answer, or is gone. */
export function nodeFinding({ pod, nodes }: SessionView): Finding | undefined {
  const name = pod?.spec?.nodeName;
  // With no node at all the cache knows none, rather than the cluster.
  if (name === undefined || nodes.length === 0) return undefined;
  const node = nodes.find(({ metadata }) => metadata.name === name);
  if (node && isReady(node)) return undefined;
  return {
    reason: "NodeLost",
    message: node
      ? `Node ${name}, on which the desktop runs, does not answer. Bring it back, or delete it with \`kubectl delete node ${name}\` so that the desktop starts on another one.`
      : `Node ${name}, on which the desktop ran, is gone. The desktop starts on another one; a home volume of that node is lost with it.`,
  };
}

/** Why a pod has ended for good, or is being ended by another than the operator; it needs another pod in its place. */
export function podEndFinding({ pod }: SessionView): Finding | undefined {
  const disruption = pod?.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
  const hasEnded = pod?.status?.phase === "Failed" || pod?.status?.phase === "Succeeded";
  if (pod && hasEnded) return endOf(pod, disruption);
  if (pod?.metadata.deletionTimestamp === undefined) return undefined;
  return disruption
    ? evicted(disruption.message ?? disruption.reason)
    : { reason: "Replacing", message: `Pod ${pod.metadata.name} stops, and another one takes its place.` };
}

// kubernetes/pkg/kubelet: eviction, nodeshutdown, lifecycle (admission). OutOf<resource>: the node filled up meanwhile.
function endOf({ metadata, status }: Pod, disruption: PodCondition | undefined): Finding {
  const reason = status?.reason ?? "";
  const said = quoted((status?.message ?? "").replace(/^Pod was rejected: /, "")) || "the kubelet does not say why";
  if (reason === "UnexpectedAdmissionError")
    return {
      reason: "UnexpectedAdmissionError",
      message: /maximum request size/.test(said)
        ? `The node's device plugin refused the desktop: ${said}. Shared GPUs are given out one by one: ask for gpu 1.`
        : `The node's device plugin refused the desktop: ${said}. Look at the device plugin's pod on that node, see docs/components/gpu-operator.md.`,
    };
  if (reason === "NodeLost" || /^(Node)?Shutdown$|^Terminated$/.test(reason))
    return {
      reason: "NodeLost",
      message: `The node under the desktop went down: ${said}. The desktop starts on another one.`,
    };
  if (reason === "Evicted" || reason === "Preempting" || disruption)
    return evicted(status?.message ?? disruption?.message);
  if (/^(OutOf|NodeAffinity|NodePorts|NodeName|AppArmor|SysctlForbidden)/.test(reason))
    return {
      reason: "NodeRefused",
      message: `The node did not take the desktop that it was given: ${said}. It is tried again elsewhere.`,
    };
  return {
    reason: "PodFailed",
    message: `Pod ${metadata.name} ended${reason === "" ? "" : ` (${reason}: ${said})`}. It is replaced by another one.`,
  };
}

function evicted(said: string | undefined): Finding {
  const [, resource] = /low on resource: (\S+?)\./.exec(said ?? "") ?? [];
  return {
    reason: "Evicted",
    message:
      resource === undefined
        ? `The desktop was taken off its node: ${quoted(said ?? "it is not said why")}. It starts again where there is room.`
        : `The desktop was taken off its node, which ran out of ${resource}. It starts again where there is room; give the node more, or desktops less.`,
  };
}
