import type { ClusterEvent, ContainerState } from "../kinds.ts";
import { startupSeconds } from "../resources/probes.ts";
import type { SessionView } from "../view/session-view.ts";

type Ended = NonNullable<ContainerState["terminated"]>;

/** Which probe the kubelet ended a container for, and what the probe met last. */
export interface ProbeKill {
  readonly probe: "startup" | "liveness";
  readonly said: string | undefined;
  /** From the container's start to its end. */
  readonly seconds: number | undefined;
}

/** From the kubelet's decision to the container's end: its grace period, and a little. */
const graceSeconds = 45;

/**
 * Whether a probe ended a container: the kubelet says so in an event, which it leaves out when a pod has had many. Then a
 * container that lived just as long as its startup probe lets it, and did not answer, was ended by that. What an exit code
 * says is no sign: many images end with 0 when they are told to.
 */
export function probeKill(view: SessionView, end: Ended, container: string): ProbeKill | undefined {
  const said = lastProbe(view, end.startedAt)?.message;
  const seconds = lived(end);
  const kill = view.events.findLast(({ reason, lastTime }) => reason === "Killing" && lastTime >= since(view, end));
  const [, name, probe] = /^Container (\S+) failed (startup|liveness) probe/.exec(kill?.message ?? "") ?? [];
  if (name === container) return { probe: probe as ProbeKill["probe"], said, seconds };
  if (kill || said === undefined) return undefined;
  if (said.startsWith("Startup") && hadItsTime(view, seconds)) return { probe: "startup", said, seconds };
  const isBySignal = end.signal !== undefined || end.exitCode > 128;
  return said.startsWith("Liveness") && isBySignal ? { probe: "liveness", said, seconds } : undefined;
}

/** What the kubelet's probes met last of a container that was started then; of an earlier one it says nothing. */
export function lastProbe(view: SessionView, startedAt: string | undefined): ClusterEvent | undefined {
  const after = since(view, { startedAt });
  return view.events.findLast(({ reason, lastTime }) => reason === "Unhealthy" && lastTime >= after);
}

function since({ pod }: SessionView, { startedAt }: { startedAt?: string | undefined }): string {
  return startedAt ?? pod?.metadata.creationTimestamp ?? "";
}

function lived({ startedAt, finishedAt }: Ended): number | undefined {
  const ms = Date.parse(finishedAt ?? "") - Date.parse(startedAt ?? "");
  return Number.isNaN(ms) ? undefined : Math.round(ms / 1000);
}

function hadItsTime({ template }: SessionView, seconds: number | undefined): boolean {
  if (!template || seconds === undefined) return false;
  const most = startupSeconds(template.spec);
  return seconds >= most && seconds <= most + graceSeconds;
}
