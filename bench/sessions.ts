import type { ClusterClient } from "../kube/client.ts";
import { systemClock, pause } from "../kube/clock.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { apiVersion } from "../operator/api/objects.ts";
import { podName } from "../operator/resources/names.ts";
import { arrive, until } from "./arrivals.ts";
import type { Arrivals } from "./arrivals.ts";
import { apiServerRequests, operatorWrites, writesOfAll, labCpuSeconds } from "./lab-usage.ts";
import { StartWatch, startTimes } from "./milestones.ts";
import type { Milestones, StartTimes } from "./milestones.ts";
import { reconcilesBetween, writesBetween } from "./operator-process.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { desktop, startByHand } from "./plain-script.ts";
import { load } from "./process-figures.ts";
import { benchSession, onSessionCluster, withOperator } from "./session-cluster.ts";
import type { SessionCluster } from "./session-cluster.ts";
import { withWarmPool } from "./warm-pool.ts";
import { rounded, spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

export interface SessionsFigures {
  /** warm: from a pool that holds a started desktop for each. */
  readonly bench: "sessions" | "warm";
  /** Whether each user got a home volume. */
  readonly homes: boolean;
  readonly rates: readonly RateFigures[];
}

/** Cold starts at one rate. Times in milliseconds. */
export interface RateFigures extends StartTimes {
  readonly perSecond: number;
  readonly sessions: number;
  /** Not ready in time; they are in no other figure. */
  readonly late: number;
  /** The same children by a plain script, to the pod's readiness. */
  readonly peer: Spread;
  /** Requests of the operator, events included. */
  readonly writesPerStart: number;
  readonly writesPerLife: number;
  /** The same as the API server counts it, without events. */
  readonly apiServerWritesPerStart: number;
  /** The writes of all that have a part in a start: kubelet, scheduler, endpoint controllers. */
  readonly writesOfAllPerStart: Readonly<Record<string, number>>;
  readonly reconcilesPerStart: number;
  /** Processor time of a start, of each process that has a part in it. */
  readonly cpuMsPerStart: CpuMs;
  /** The same of the plain script's. */
  readonly peerCpuMsPerStart: CpuMs;
  /** Of the machine, before and after. */
  readonly load: readonly [number, number];
}

type CpuMs = Readonly<Record<string, number>>;

export interface SessionsOptions {
  readonly rates: readonly Arrivals[];
  readonly homes: boolean;
  readonly warm: boolean;
  readonly nodeOptions: readonly string[];
  readonly say: (line: string) => void;
}

// The first starts fill caches and compile code in all the processes.
const warmUp: Arrivals = { perSecond: 10, count: 20 };
const readyMs = 120_000;
const restMs = 1_500;

/** Cold starts at several rates, each beside a plain script's. The lab has to run; what was made is gone afterwards. */
export async function benchSessions(layout: LabLayout, options: SessionsOptions): Promise<SessionsFigures> {
  return onSessionCluster(layout, (cluster) =>
    withOperator(cluster, options.nodeOptions, async (operator) => {
      await atRate(layout, cluster, operator, warmUp, options);
      const rates: RateFigures[] = [];
      for (const arrivals of options.rates) {
        const figures = await atRate(layout, cluster, operator, arrivals, options);
        options.say(JSON.stringify(figures));
        rates.push(figures);
      }
      return { bench: options.warm ? "warm" : "sessions", homes: options.homes, rates };
    }),
  );
}

async function atRate(
  layout: LabLayout,
  cluster: SessionCluster,
  operator: OperatorProcess,
  arrivals: Arrivals,
  options: SessionsOptions,
): Promise<RateFigures> {
  const { homes, warm, say } = options;
  say(`${arrivals.count} at ${arrivals.perSecond}/s: by a plain script`);
  const loadBefore = load();
  const peer = await byHand(layout, cluster, arrivals, homes);
  say(`${arrivals.count} at ${arrivals.perSecond}/s: by the operator`);
  const measure = () => byOperator(layout, cluster, operator, arrivals, homes);
  const figures = await (warm ? withWarmPool(cluster, arrivals.count, measure) : measure());
  return { ...figures, peer: peer.times, peerCpuMsPerStart: peer.cpuMs, load: [loadBefore, load()] };
}

async function byOperator(
  layout: LabLayout,
  { client, namespace }: SessionCluster,
  operator: OperatorProcess,
  arrivals: Arrivals,
  homes: boolean,
): Promise<Omit<RateFigures, "peer" | "peerCpuMsPerStart" | "load">> {
  const watch = new StartWatch(client, namespace);
  try {
    await watch.synced;
    await operator.isIdle();
    const look = async () => ({
      cpu: { ...labCpuSeconds(layout), operator: operator.figures.cpuSeconds },
      samples: await operator.samples(),
      server: await apiServerRequests(layout),
    });
    const before = await look();
    await arrive(arrivals, async (index) => {
      const made = benchSession(namespace, `cold-${index}`, { hasHome: homes });
      watch.asked(made.metadata.name);
      await client.create({ ...made });
    });
    await until(() => watch.count("ready") === arrivals.count, readyMs);
    await operator.isIdle();
    await pause(systemClock, restMs);
    const after = await look();
    await endAll(client, namespace, watch);
    await pause(systemClock, restMs);
    const end = await operator.samples();
    const writes = writesOfAll(before.server, after.server);
    const started = watch.marks.filter(isComplete);
    const per = (value: number, digits = 1) => rounded(value / arrivals.count, digits);
    return {
      perSecond: arrivals.perSecond,
      sessions: arrivals.count,
      late: arrivals.count - started.length,
      ...startTimes(started),
      writesPerStart: per(writesBetween(before.samples, after.samples)),
      writesPerLife: per(writesBetween(before.samples, end)),
      apiServerWritesPerStart: per(operatorWrites(writes)),
      writesOfAllPerStart: Object.fromEntries(
        [...writes].map(([what, count]) => [what, per(count)] as const).filter(([, count]) => count >= 0.5),
      ),
      reconcilesPerStart: per(reconcilesBetween(before.samples, after.samples)),
      cpuMsPerStart: cpuMs(before.cpu, after.cpu, arrivals.count),
    };
  } finally {
    await watch.close();
  }
}

async function byHand(
  layout: LabLayout,
  { client, namespace, template }: SessionCluster,
  arrivals: Arrivals,
  homes: boolean,
): Promise<{ times: Spread; cpuMs: CpuMs }> {
  const watch = new StartWatch(client, namespace);
  try {
    await watch.synced;
    const before = labCpuSeconds(layout);
    await arrive(arrivals, async (index) => {
      const made = benchSession(namespace, `plain-${index}`, { hasHome: homes });
      watch.asked(podName(made));
      await startByHand(client, desktop(made, template));
    });
    await until(() => watch.count("podReady") === arrivals.count, readyMs);
    const times = watch.marks.flatMap(({ asked, podReady }) => (podReady === undefined ? [] : [podReady - asked]));
    await pause(systemClock, restMs);
    const used = cpuMs(before, labCpuSeconds(layout), arrivals.count);
    await endAll(client, namespace, watch);
    return { times: spread(times), cpuMs: used };
  } finally {
    await watch.close();
  }
}

/** What each process used for one of so many. */
function cpuMs(before: CpuMs, after: CpuMs, count: number): CpuMs {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [
      name,
      rounded((1000 * (seconds - (before[name] ?? 0))) / count, 1),
    ]),
  );
}

/** Takes everything away that starts left, the homes too. */
async function endAll(client: ClusterClient, namespace: string, watch: StartWatch): Promise<void> {
  const kinds = [
    [apiVersion, "VDIPool"],
    [apiVersion, "VDISession"],
    ["v1", "Pod"],
    ["v1", "Service"],
    ["traefik.io/v1alpha1", "IngressRoute"],
    ["networking.k8s.io/v1", "NetworkPolicy"],
    ["v1", "PersistentVolumeClaim"],
    ["v1", "Secret"],
  ] as const;
  for (const [version, kind] of kinds) {
    const found = await client.list(version, kind, { namespace });
    const waiting = found.flatMap(({ metadata }) => metadata?.name ?? []);
    const end = async () => {
      for (let name = waiting.pop(); name; name = waiting.pop())
        await client.delete({ apiVersion: version, kind, metadata: { name, namespace } });
    };
    await Promise.all(Array.from({ length: 8 }, end));
    if (kind === "VDISession" && found.length > 0) await until(() => watch.left === 0, readyMs);
  }
  if (!(await until(() => watch.left === 0, readyMs))) throw new Error(`${watch.left} sessions and pods do not end`);
}

function isComplete(start: Milestones): start is Required<Milestones> {
  return Object.values({ ...emptyMarks, ...start }).every((it) => it !== undefined);
}

const emptyMarks = { podSeen: undefined, podBound: undefined, podReady: undefined, ready: undefined };
