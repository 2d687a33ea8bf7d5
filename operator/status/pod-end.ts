import { endVerdict, evictionVerdict, nodeVerdict, terminatingVerdict } from "../../analyzers/pod-ends.ts";
import type { Verdict } from "../../analyzers/verdict.ts";
import type { SessionView } from "../session/view.ts";
import type { Moment } from "./moment.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict } from "./verdict.ts";

/** The node under the pod does not answer, or is gone. */
export function nodeFinding({ pod, nodes }: SessionView): Finding | undefined {
  const verdict = pod && nodeVerdict(pod, nodes, "the desktop");
  return verdict && fromVerdict(verdict);
}

/** Why a pod has ended for good, or is being ended by another than the operator; it needs another pod in its place. */
export function podEndFinding(view: SessionView, moment: Moment): Finding | undefined {
  const { pod } = view;
  const end = pod && endVerdict(pod);
  if (end) return fromVerdict(end);
  if (pod?.metadata.deletionTimestamp === undefined) return undefined;
  const hanging = hangingVerdict(view, moment);
  if (hanging) return fromVerdict(hanging);
  const disruption = pod.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
  return disruption
    ? fromVerdict(evictionVerdict(disruption.message ?? disruption.reason))
    : { reason: "Replacing", message: `Pod ${pod.metadata.name} stops, and another one takes its place.` };
}

/** The time of a deletion is that at which the grace period is over; so long after it a pod should be gone. */
const hangingMs = 60_000;

/** Why a pod that is being deleted does not end; undefined while it has time. */
export function hangingVerdict({ pod, nodes }: SessionView, moment: Moment): Verdict<"TerminatingStuck"> | undefined {
  const { deletionTimestamp } = pod?.metadata ?? {};
  if (!pod || deletionTimestamp === undefined || !moment.isLaterThan(deletionTimestamp, hangingMs)) return undefined;
  // With no node at all the cache knows none, rather than the cluster.
  const node = nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
  return terminatingVerdict(pod, nodes.length === 0 ? "unknown" : node);
}
