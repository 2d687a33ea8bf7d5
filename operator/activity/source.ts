import type { VDITemplate } from "../api/objects.ts";
import { gaugeAboveZero, kasmConnections, movingMetrics } from "./reading.ts";
import type { Parse } from "./reading.ts";

/** Where a desktop tells who is connected, on the port of its stream. */
export interface ActivitySource {
  readonly path: string;
  readonly parse: Parse;
}

type Spec = VDITemplate["spec"];

const selkiesMetrics: ActivitySource = { path: "/api/metrics", parse: movingMetrics("fps_hist_count") };

/**
 * By family and by how it streams; what is left out does not tell.
 *
 * selkies v1.6.2: each browser reports frame rate and latency every 5 s (gst-web app.js); its pictures come at a constant
 * rate, also while nothing moves. The gauge `fps` keeps its last value when the browser has gone, so what moves counts.
 * The packaging (docker-nvidia-egl-desktop) serves it below /metrics. By WebSocket its KasmVNC streams instead, run without
 * users of its own (-disableBasicAuth): its API answers none.
 *
 * selkies main (2.1.0): by WebSocket the server itself counts twice a second for each connected display (selkies.py), by
 * WebRTC browsers report every 5 s, over a still picture too, and stop when they go.
 *
 * KasmVNC's owner API answers the user that has the right to it, as Kasm's images give it to kasm_user.
 */
const sources: Record<Spec["runtime"]["type"], Partial<Record<Spec["stream"], ActivitySource>>> = {
  "selkies-v1": { WebRTC: { path: "/metrics", parse: movingMetrics("fps_hist_count", "latency") } },
  "selkies-v2": { WebSocket: selkiesMetrics, WebRTC: selkiesMetrics },
  kasmvnc: { WebSocket: { path: "/api/get_bottleneck_stats", parse: kasmConnections } },
  linuxserver: {},
  custom: {},
};

/** undefined: the desktop does not tell; {@link silence} says why. What the template says goes first. */
export function activitySource({ spec }: Pick<VDITemplate, "spec">): ActivitySource | undefined {
  const { type, activity } = spec.runtime;
  if (activity) return { path: activity.path, parse: gaugeAboveZero(activity.metric) };
  return sources[type][spec.stream];
}

/** Why a template's desktops do not tell who is connected, as a sentence. */
export function silence({ spec, metadata }: Pick<VDITemplate, "spec" | "metadata">): string {
  const { type } = spec.runtime;
  const why =
    type === "custom" ? "it has no spec.runtime.activity" : `${type} images that stream by ${spec.stream} cannot`;
  return (
    `Desktops of the template ${metadata.name} do not tell who is connected (${why}): spec.idle has no effect, ` +
    "the timeout does."
  );
}
