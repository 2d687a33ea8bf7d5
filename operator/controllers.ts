import type { ClusterClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/event-recorder.ts";
import type { Leadership } from "../kube/leader-election.ts";
import type { ControllerMetrics } from "../kube/metrics.ts";
import { WorkQueue } from "../kube/work-queue.ts";
import { runWorkers } from "../kube/worker-pool.ts";
import type { WorkResult } from "../kube/worker-pool.ts";
import type { Caches } from "./caches.ts";
import type { DoubtableClock } from "./lifetime/server-clock.ts";
import type { Logger } from "./log.ts";
import type { DesktopMetrics } from "./metrics.ts";
import { OrphanController } from "./orphans/controller.ts";
import { watchForOrphans } from "./orphans/triggers.ts";
import { PoolController } from "./pool/controller.ts";
import { SecretPresence } from "./pool/secret-presence.ts";
import { watchForPools } from "./pool/triggers.ts";
import { WarmPods } from "./pool/warm-pods.ts";
import { SessionProbes } from "./reachability/session-probes.ts";
import { LiveSessions } from "./session/live-sessions.ts";
import { SessionController } from "./session/controller.ts";
import { StartLines } from "./session/start-lines.ts";
import { watchForSessions } from "./session/triggers.ts";
import type { Settings } from "./settings.ts";
import { TemplateController } from "./template/controller.ts";
import { watchForTemplates } from "./template/triggers.ts";

export interface ControllerParts {
  settings: Settings;
  log: Logger;
  client: ClusterClient;
  caches: Caches;
  clock: DoubtableClock;
  recorder: EventRecorder;
  metrics: DesktopMetrics;
  controllerMetrics: ControllerMetrics;
}

// Each waits for the API server most of its time.
const sessionWorkers = 32;
// A pool that fills must not keep the others waiting.
const poolWorkers = 4;
// They share one reading of what is there.
const orphanWorkers = 8;

/** Runs what writes, as long as this process leads. */
export async function runControllers(parts: ControllerParts, leadership: Leadership): Promise<void> {
  const { client, caches, settings, log, controllerMetrics } = parts;
  const secrets = new SecretPresence({ client, namespace: settings.namespace });
  const warm = new WarmPods({ client, caches, settings, secrets });
  const userOf = (key: string) => caches.sessions.store.get(key)?.spec.user ?? "";
  const queue = newQueue("session", controllerMetrics, userOf);
  const probes = new SessionProbes({
    ...parts,
    onChange: (key) => queue.add(key),
    log: (message, key) => log.warn({ session: key }, message),
  });
  const lines = new StartLines({
    caches,
    maxPerUser: settings.maxSessionsPerUser,
    wake: (key) => queue.add(key),
  });
  const live = new LiveSessions(client, settings.namespace);
  const sessions = new SessionController({ ...parts, warm, probes, lines, live });
  watchForSessions({ caches, queue, forget: (session) => sessions.forget(session) });
  const pools = new PoolController({ ...parts, secrets });
  const poolQueue = newQueue("pool", controllerMetrics);
  watchForPools({
    caches,
    queue: poolQueue,
    forgetPool: (pool) => pools.forgetPool(pool),
    forgetPod: (pod) => pools.forgetPod(pod),
    taken: (pool) => pools.taken(pool),
  });
  const templates = new TemplateController(parts);
  const templateQueue = newQueue("template", controllerMetrics);
  watchForTemplates({ caches, queue: templateQueue });
  const orphans = new OrphanController({ ...parts, live });
  const orphanQueue = newQueue("orphan", controllerMetrics);
  watchForOrphans({ caches, queue: orphanQueue });
  const common = { ...parts, leadership };
  const running = [
    run("session", {
      ...common,
      queue,
      concurrency: sessionWorkers,
      work: (key) => sessions.reconcile(key),
    }),
    run("pool", { ...common, queue: poolQueue, concurrency: poolWorkers, work: (key) => pools.reconcile(key) }),
    run("orphan", {
      ...{ ...common, queue: orphanQueue, concurrency: orphanWorkers },
      work: (key) => orphans.reconcile(key),
    }),
    run("template", { ...common, queue: templateQueue, concurrency: 1, work: (key) => templates.reconcile(key) }),
  ];
  await Promise.all(running).finally(() => probes.close());
}

function newQueue(name: string, metrics: ControllerMetrics, groupOf?: (key: string) => string): WorkQueue {
  const queue = new WorkQueue({ observer: metrics.queueObserver(name), backoff, ...(groupOf && { groupOf }) });
  metrics.watchQueue(name, queue);
  return queue;
}

// People wait for desktops: what failed is tried again at least each minute.
const backoff = { firstMs: 50, mostMs: 60_000, jitter: 0.2 };

interface Run {
  log: Logger;
  controllerMetrics: ControllerMetrics;
  leadership: Leadership;
  queue: WorkQueue;
  concurrency: number;
  work: (key: string) => Promise<WorkResult | undefined>;
}

function run(name: string, { log, controllerMetrics, leadership, queue, concurrency, work }: Run): Promise<void> {
  return runWorkers(
    {
      queue,
      concurrency,
      // A process that was frozen may wake up when another leads: it must not write any more.
      work: async (key) => (leadership.isHeld() ? work(key) : undefined),
      log: (message, key) => log.error({ [name]: key }, message),
      observer: controllerMetrics.workObserver(name, concurrency),
    },
    leadership.signal,
  );
}
