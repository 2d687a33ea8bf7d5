import { openContainers, unreadyVerdict } from "../../analyzers/containers/containers.ts";
import { condition } from "../lifetime/idle-clock.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { hostOf } from "../resources/names.ts";
import type { Settings } from "../settings.ts";
import type { SessionView } from "../view/session-view.ts";
import { factsOf } from "./containers.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict } from "./verdict.ts";
import { quoted } from "../../kube/sentences.ts";

/** A stream that has just been started may take so long before its silence means anything. */
const streamMs = 30_000;

/**
 * Whether the desktop can be used: the kubelet says so, the stream answered when asked, and the route is there. What
 * answered before counts until it is asked again, so that a restart of the operator writes nothing.
 */
export function isReachable(
  { session, pod, stream, service, route, routeAnswer }: SessionView,
  { streamCheck, traefikUrl }: Pick<Settings, "streamCheck" | "traefikUrl">,
): boolean {
  return (
    isReady(pod) &&
    pod?.metadata.deletionTimestamp === undefined &&
    (streamCheck === "kubelet" || (stream?.ok ?? wasReady(session))) &&
    service !== undefined &&
    route !== undefined &&
    (streamCheck === "kubelet" || traefikUrl === undefined || (routeAnswer?.ok ?? wasReady(session)))
  );
}

function wasReady({ status }: SessionView["session"]): boolean {
  return condition(status?.conditions, "Ready")?.status === "True";
}

/** Why a desktop that runs cannot be reached. */
export function reachabilityFindings(
  view: SessionView,
  { domain }: Pick<Settings, "domain">,
  evaluation: EvaluationTime,
): (Finding | undefined)[] {
  const missing = !view.route ? "IngressRoute" : !view.service ? "Service" : undefined;
  return [
    isReady(view.pod) && missing !== undefined
      ? {
          reason: "RouteMissing",
          message: `The desktop runs, but its ${missing} is not there, so https://${hostOf(view.session, domain)} leads nowhere. The operator makes it again; if it does not last, see who deletes it.`,
        }
      : undefined,
    isReady(view.pod) && view.routeAnswer?.ok === false
      ? {
          reason: "RouteMissing",
          message: `The desktop runs, but its address does not lead to it: ${view.routeAnswer.message}`,
        }
      : undefined,
    silent(view, evaluation),
  ];
}

const silences = new Set(["StreamNotAnswering", "ProbeFailing"]);

function silent(view: SessionView, evaluation: EvaluationTime): Finding | undefined {
  const { pod, session, stream } = view;
  const running = pod?.status?.containerStatuses?.find(({ state }) => state?.running)?.state?.running;
  if (!running || (isReady(pod) && stream?.ok !== false)) return undefined;
  const isTold = silences.has(condition(session.status?.conditions, "Ready")?.reason ?? "");
  if (!wasReady(session) && !isTold && !evaluation.isLaterThan(running.startedAt, streamMs)) return undefined;
  if (isReady(pod)) return stream?.isPictureLost ? pictureLost : notAnswering(quoted(stream?.message ?? ""));
  const open = openContainers(pod).find(({ status }) => status.state?.running && !status.ready);
  const verdict = open && unreadyVerdict(factsOf(view, open.status, open.isInit));
  return verdict && fromVerdict(verdict);
}

const pictureLost: Finding = {
  reason: "StreamNotAnswering",
  message:
    "The desktop runs, but has no picture: its display server has ended, and its programs with it. Delete its pod, and it starts anew with its home; an image whose entry point ends when its display does would start anew by itself.",
};

function notAnswering(said: string): Finding {
  return {
    reason: "StreamNotAnswering",
    message: `The desktop runs, but its stream does not answer${said === "" ? "" : `: ${said}`}. See the container's log, and that port and healthPath of the template's runtime fit the image.`,
  };
}
