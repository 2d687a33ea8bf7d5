import { Registry, collectDefaultMetrics } from "prom-client";
import { aborted } from "../kube/aborted.ts";
import { ClusterClient } from "../kube/client.ts";
import type { SharedKubeConfig } from "../kube/client.ts";
import { EventRecorder } from "../kube/event-recorder.ts";
import { serveHealth } from "../kube/health-server.ts";
import { runAsLeader } from "../kube/leader-election.ts";
import type { Leadership } from "../kube/leader-election.ts";
import { ControllerMetrics } from "../kube/metrics.ts";
import { Caches } from "./caches.ts";
import { runControllers } from "./controllers.ts";
import { ServerClock } from "./lifetime/server-clock.ts";
import type { Logger } from "./log.ts";
import { DesktopMetrics, watchTime } from "./metrics.ts";
import type { Desktops } from "./metrics.ts";
import type { Settings } from "./settings.ts";

export interface OperatorOptions {
  settings: Settings;
  log: Logger;
  config: SharedKubeConfig;
}

/** Name of the Lease, in the operator's own namespace. */
export const leaseName = "kasm-operator";

/**
 * Runs until `signal` aborts, or the Lease is lost. Every replica keeps its caches warm; one writes.
 */
export async function runOperator(
  { settings, log, config }: OperatorOptions,
  signal: AbortSignal,
): Promise<"ended" | "lost"> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const controllerMetrics = new ControllerMetrics(registry);
  const clock = new ServerClock({ log: (message) => log.warn(message) });
  const onAnswer = controllerMetrics.onAnswer;
  const whenAnswered = { onAnswer, onServerDate: clock.onServerDate };
  const client = new ClusterClient(config, whenAnswered);
  const caches = new Caches({ client, settings, clock, log: (message) => log.warn(message) });
  const metrics = new DesktopMetrics(registry, () => (caches.isSynced ? desktopsOf(caches) : undefined));
  watchTime(registry, clock);
  const recorder = new EventRecorder({
    client,
    clock,
    source: { controller: "vdi.kasm.io/kasm-operator", instance: settings.identity },
    log: (message) => log.warn(message),
  });

  // An answer that is late makes its client leave all of its connections: no watch may be on one of them.
  const leaseConfig = config.withOwnConnections();
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const servers = await openServers({ settings, registry, caches });
  const following = caches.run(until);
  await Promise.race([caches.synced, aborted(until)]);
  log.info({ sessions: caches.sessions.store.size }, "the caches are filled");
  try {
    const lead = async (leadership: Leadership) => {
      controllerMetrics.setLeading(leaseName, true);
      // What was read before may lack what the leader before did last: its writes, seen by watches that fell silent.
      await Promise.race([caches.relist(), aborted(leadership.signal)]);
      if (leadership.signal.aborted) return;
      log.info({ sessions: caches.sessions.store.size }, "everything was read anew since this process leads");
      // A process that was frozen in the midst of its work may wake up when another leads.
      const writer = new ClusterClient(config, { ...whenAnswered, mayWrite: () => leadership.isHeld() });
      const parts = { settings, log, client: writer, caches, clock, recorder, metrics, controllerMetrics };
      await runControllers(parts, leadership);
    };
    if (!settings.leaderElection) {
      await lead({ signal: until, isHeld: () => true });
      return "ended";
    }
    return await runAsLeader(
      {
        // Of its own and impatient: a dead connection is found, and left, before the Lease is lost.
        client: new ClusterClient(leaseConfig, { requestTimeoutMs: 3_000, onAnswer }),
        namespace: settings.ownNamespace,
        name: leaseName,
        identity: settings.identity,
        log: (message) => log.info(message),
      },
      lead,
      until,
    );
  } finally {
    controllerMetrics.setLeading(leaseName, false);
    over.abort();
    await Promise.all([following, recorder.close(), ...servers.map((it) => it.close())]);
    await Promise.all([config.close(), leaseConfig.close()]);
  }
}

function desktopsOf({ sessions, pools, templates }: Caches): Desktops {
  return { sessions: sessions.store.values(), pools: pools.store.values(), templates: templates.store.values() };
}

/** Metrics may be read by whoever scrapes; health is for the kubelet: two ports, for two rules of the network. */
async function openServers(parts: { settings: Settings; registry: Registry; caches: Caches }) {
  const { settings, registry, caches } = parts;
  const { listenAddress: host } = settings;
  const checks = {
    live: {},
    ready: { caches: () => (caches.isSynced ? undefined : "the first lists are still being read") },
  };
  return Promise.all([
    serveHealth({ ...checks, host, port: settings.ports.health }),
    serveHealth({ ...checks, host, port: settings.ports.metrics, registry }),
  ]);
}
