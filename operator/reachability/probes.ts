import type { Reading, Sample } from "../activity/reading.ts";
import type { ActivitySource } from "../activity/source.ts";
import type { Check } from "../view/session-view.ts";
import { probeAgent } from "./probe-request.ts";
import { checkRoute } from "./route.ts";
import type { RouteTarget } from "./route.ts";
import { checkActivity, checkStream } from "./stream.ts";
import type { Credentials, StreamTarget } from "./stream.ts";

/** How the prober asks; its tests answer in the network's place. */
export interface Probes {
  stream(target: StreamTarget, credentials: Credentials, signal: AbortSignal): Promise<Probed<Check>>;
  activity(
    target: StreamTarget,
    source: ActivitySource,
    credentials: Credentials,
    before: Sample | undefined,
    signal: AbortSignal,
  ): Promise<Probed<Reading>>;
  route(target: RouteTarget, credentials: Credentials, signal: AbortSignal): Promise<Check>;
}

/** `refused`: the password was not right. */
export type Probed<Result> = Result & { readonly refused?: true };

export interface NetworkProbesOptions {
  /** By the API server's clock. */
  date: () => Date;
  /** For tests. */
  allowLoopback?: boolean;
}

/** Probes by HTTP. `close` ends their connections. */
export function networkProbes({ date, allowLoopback }: NetworkProbesOptions): Probes & { close(): Promise<void> } {
  // Of their own, so that desktops that hang do not keep others waiting for a connection.
  const [streams, activities, routes] = [probeAgent(), probeAgent(), probeAgent()];
  return {
    stream: (target, credentials, signal) =>
      checkStream(target, credentials, { agent: streams, signal, allowLoopback }),
    activity: (target, source, credentials, before, signal) =>
      checkActivity(target, source, credentials, before, { agent: activities, signal, allowLoopback, date }),
    route: (target, credentials, signal) => checkRoute(target, credentials, { agent: routes, signal }),
    close: async () => {
      await Promise.all([streams, activities, routes].map((agent) => agent.destroy()));
    },
  };
}
