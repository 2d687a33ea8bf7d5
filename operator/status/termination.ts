import { terminatingVerdict } from "../../analyzers/containers/pod-ends.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { Pod } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import { sessionFinalizer } from "../resources/labels.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";

// Its kubelet ends a pod within its grace time, at whose end deletionTimestamp is, and has then to say so.
const slackMs = 10_000;

/** Why a pod that is being deleted is still there after its grace time, with what to do; undefined before. */
export function stuckPod(pod: Pod | undefined, evaluation: EvaluationTime | undefined): string | undefined {
  const { deletionTimestamp } = pod?.metadata ?? {};
  if (!pod || deletionTimestamp === undefined || !evaluation?.isLaterThan(deletionTimestamp, slackMs)) return undefined;
  const verdict = terminatingVerdict(
    { ...pod, metadata: { ...pod.metadata, finalizers: finalizersOf(pod) } },
    "unknown",
  );
  return `${verdict.problem} ${verdict.remedy}`;
}

/** A session that is to stop or to start anew, and whose pod does not end. */
export function stuckFinding({ pod }: SessionView, evaluation: EvaluationTime): Finding | undefined {
  const message = stuckPod(pod, evaluation);
  return message === undefined ? undefined : { reason: "TerminatingStuck", message };
}

/** Whom a deleted session waits for; undefined where that is nobody. */
export function keptSession({ session }: SessionView): string | undefined {
  const finalizers = finalizersOf(session).filter((it) => it !== sessionFinalizer);
  return finalizers.length === 0 ? undefined : `${named("finalizer", finalizers)} the session in the API.`;
}

/** Those that are not Kubernetes' own, which it takes off by itself. */
export function finalizersOf({ metadata }: KubeObject | Pod): string[] {
  return (metadata?.finalizers ?? []).filter((it) => it.includes("/") && !it.startsWith("kubernetes.io/"));
}

function named(what: string, names: readonly string[]): string {
  return names.length === 1 ? `${what} ${names.join()} keeps` : `${what}s ${names.join(", ")} keep`;
}
