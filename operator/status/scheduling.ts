import { placementVerdict } from "../../analyzers/scheduling/placement.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { parseVerdict } from "../../analyzers/scheduling/scheduler-verdict.ts";
import type { SessionView } from "../view/session-view.ts";
import { homeOnOtherNode } from "./home-elsewhere.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { desktopRequest } from "./request.ts";
import { homeFinding } from "./storage.ts";
import { fromVerdict } from "./verdict.ts";

/** A verdict of the scheduler comes within a moment; so long a status does not tell each step on the way. */
const verdictMs = 10_000;

/** Whether all goes as usual so far, and what becomes of the pod is about to be known. */
export function isSettling({ pod }: SessionView, evaluation: EvaluationTime): boolean {
  if (!pod) return true;
  return !isPlaced(pod) && !verdict(pod) && !evaluation.isLaterThan(pod.metadata.creationTimestamp, verdictMs);
}

export function isPlaced(pod: SessionView["pod"]): boolean {
  return pod?.spec?.nodeName !== undefined;
}

/** Why the pod has no node. */
export function schedulingFinding(view: SessionView): Finding | undefined {
  const { pod } = view;
  if (!pod || isPlaced(pod)) return undefined;
  const said = verdict(pod);
  if (!said)
    return {
      reason: "Scheduling",
      message: `Pod ${pod.metadata.name} waits for the scheduler. If it stays so, see that kube-scheduler runs.`,
    };
  const elsewhere = homeOnOtherNode(view, parseVerdict(said.message ?? "")?.refusals ?? []);
  if (elsewhere && view.nodes.some(isReady)) return elsewhere;
  const found = placementVerdict(placementOf(view, said.message ?? ""));
  const home = found.code === "ClaimNotBound" || found.code === "ClaimMissing" ? homeFinding(view) : undefined;
  return home ?? fromVerdict(found);
}

function verdict(pod: NonNullable<SessionView["pod"]>) {
  return pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
}

/** Of other pods the operator knows desktops alone, so nothing is said of what is left on a node. */
function placementOf(view: SessionView, said: string) {
  const { cpu, memory, gpuResource, nodeSelector } = desktopRequest(view);
  return {
    who: "the desktop",
    said,
    nodes: view.nodes,
    asks: { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) },
    gpuResource,
    nodeSelector,
    // A desktop with GPU tolerates the taint that has the GPU's name.
    isTolerated: ({ key }: { key: string }) => key === gpuResource,
    slicesInUse: view.slicesInUse,
  };
}
