import { endVerdict, evictionVerdict, nodeVerdict } from "../../analyzers/containers/pod-ends.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict } from "./verdict.ts";

/** The node under the pod does not answer, or is gone. */
export function nodeFinding({ pod, nodes }: SessionView): Finding | undefined {
  const verdict = pod && nodeVerdict(pod, nodes, "the desktop");
  return verdict && fromVerdict(verdict);
}

/** Why a pod has ended for good, or is being ended by another than the operator; it needs another pod in its place. */
export function podEndFinding({ pod }: SessionView): Finding | undefined {
  const end = pod && endVerdict(pod);
  // A desktop that was told to end does, with whatever exit code.
  if (end && (end.code !== "PodFailed" || pod.metadata.deletionTimestamp === undefined)) return fromVerdict(end);
  if (pod?.metadata.deletionTimestamp === undefined) return undefined;
  const disruption = pod.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
  return disruption
    ? fromVerdict(evictionVerdict(disruption.message ?? disruption.reason))
    : { reason: "Replacing", message: `Pod ${pod.metadata.name} stops, and another one takes its place.` };
}
