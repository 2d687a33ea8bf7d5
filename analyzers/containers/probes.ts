import type { Container, ContainerStatus, Probe } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import type { Role } from "./container-start.ts";
import type { ContainerCode } from "./containers.ts";
import { saidSince } from "../verdict.ts";
import type { Said, Verdict } from "../verdict.ts";

type Ended = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/**
 * Whether the kubelet itself ended a container since a probe failed, and why. The kubelet asks with SIGTERM first, so many
 * containers end with 0 then. Only what was said during that run counts: every container fails its probes while it starts.
 *
 * @param events of the pod, oldest first
 */
export function killedByProbe(
  end: Ended,
  events: readonly Said[],
  role: Role,
  name: string,
  spec: Container | undefined,
): Verdict<ContainerCode> | undefined {
  const during = saidSince(events, end.startedAt).filter((it) => isAbout(it, name) && !isAfter(it, end.finishedAt));
  const killing = during.findLast(({ reason, message }) => reason === "Killing" && /failed \w+ probe/.test(message));
  const [, told] = /failed (\w+) probe/.exec(killing?.message ?? "") ?? [];
  const probe = told ?? untoldProbe(end, during, spec);
  if (probe === undefined) return undefined;
  const why = lastFailure(during, probe);
  const limit = secondsAllowed(probe === "startup" ? spec?.startupProbe : spec?.livenessProbe);
  return {
    code: "KilledByProbe",
    problem: `${role.text} is killed and started again since its ${probe} probe failed${limit === undefined ? "" : ` for ${limit} s`}${why === undefined ? "" : `: ${why}`}.`,
    remedy:
      probe === "startup"
        ? `See the container's log, and whether port and path of the probe fit ${role.where}; where it only starts slowly, ${role.moreTime ?? "give it more time"}.`
        : "See the container's log: it hung, or was too slow to answer.",
  };
}

/** From the kubelet's decision to the container's end: its grace period, and a little. */
const graceSeconds = 45;

/**
 * The kubelet leaves events out when a pod has had many. A container that lived just as long as its startup probe lets it,
 * and did not answer, was then ended by that; one that a signal ended while its liveness probe failed, by that.
 */
function untoldProbe(end: Ended, during: readonly Said[], spec: Container | undefined): string | undefined {
  const said = during.findLast(({ reason }) => reason === "Unhealthy")?.message ?? "";
  const limit = secondsAllowed(spec?.startupProbe);
  const lived = (Date.parse(end.finishedAt ?? "") - Date.parse(end.startedAt ?? "")) / 1_000;
  if (said.startsWith("Startup") && limit !== undefined && lived >= limit && lived <= limit + graceSeconds)
    return "startup";
  const isBySignal = end.signal !== undefined || end.exitCode > 128;
  return said.startsWith("Liveness") && isBySignal ? "liveness" : undefined;
}

/** Why a container that runs is not ready, by what the kubelet said since it runs. */
export function notReadyVerdict(
  { name, state }: ContainerStatus,
  events: readonly Said[],
  role: Role,
): Verdict<ContainerCode> {
  const since = saidSince(events, state?.running?.startedAt).filter((it) => isAbout(it, name));
  const why = lastFailure(since, "");
  return {
    code: "ProbeFailing",
    problem:
      why === undefined
        ? `${role.text} runs, but does not become ready, and no event says why.`
        : `${role.text} runs, but is not ready: ${why}.`,
    remedy: `See the container's log, and whether port and path of the probe fit ${role.where}.`,
  };
}

function lastFailure(events: readonly Said[], probe: string): string | undefined {
  const failed = events.findLast(
    ({ reason, message }) => reason === "Unhealthy" && message.toLowerCase().startsWith(probe),
  );
  return failed && quoted(failed.message);
}

function isAbout({ container }: Said, name: string): boolean {
  return container === undefined || container === name;
}

// Times of events have whole seconds.
function isAfter({ time }: Said, finishedAt: string | undefined): boolean {
  return finishedAt !== undefined && time > Date.parse(finishedAt) + 1_000;
}

function secondsAllowed(probe: Probe | undefined): number | undefined {
  if (!probe) return undefined;
  // The defaults of the API (pkg/apis/core/v1/defaults.go).
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  return initialDelaySeconds + periodSeconds * failureThreshold;
}
