import type { VDITemplate } from "../api/objects.ts";
import { gaugeAboveZero, kasmConnections, movingCounter } from "./reading.ts";
import type { Parse } from "./reading.ts";

/** Where a desktop tells who is connected, on the port of its stream. */
export interface ActivitySource {
  readonly path: string;
  readonly parse: Parse;
  /** What the image has to be told by its environment, so that it tells. */
  readonly environment?: Readonly<Record<string, string>>;
}

type RuntimeType = VDITemplate["spec"]["runtime"]["type"];

/**
 * selkies counts clients' frame rate reports in the histogram `fps_hist`; the gauge `fps` keeps its last value after the
 * client has gone (selkies v1.6.2 metrics.py; main webrtc_utils.py and selkies.py). Only a server that is told to serves
 * metrics, except in the packaging of v1 (docker-nvidia-egl-desktop), which always does, below /metrics.
 *
 * KasmVNC's owner API answers the user that has the right to it, as Kasm's images give it to kasm_user.
 */
const sources: Partial<Record<RuntimeType, ActivitySource>> = {
  "selkies-v1": { path: "/metrics", parse: movingCounter("fps_hist_count") },
  "selkies-v2": {
    path: "/api/metrics",
    parse: movingCounter("fps_hist_count"),
    environment: { SELKIES_ENABLE_METRICS_HTTP: "true" },
  },
  kasmvnc: { path: "/api/get_bottleneck_stats", parse: kasmConnections },
};

/** undefined: the runtime does not tell; {@link silence} says why. What the template says goes first. */
export function activitySource({ spec }: Pick<VDITemplate, "spec">): ActivitySource | undefined {
  const { type, activity } = spec.runtime;
  return activity ? { path: activity.path, parse: gaugeAboveZero(activity.metric) } : sources[type];
}

/** Why a template's desktops do not tell who is connected, as a sentence. */
export function silence({ spec, metadata }: Pick<VDITemplate, "spec" | "metadata">): string {
  const { type } = spec.runtime;
  // The images' nginx serves files and the stream alone; the stream server itself listens on localhost.
  const why = type === "linuxserver" ? "linuxserver images do not" : `runtime ${type} does so by spec.runtime.activity`;
  return (
    `Desktops of the template ${metadata.name} do not tell who is connected (${why}): spec.idle has no effect, ` +
    "the timeout does."
  );
}
