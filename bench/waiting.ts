import type { AnyObject } from "../kube/client.ts";
import { pause, systemClock } from "../kube/clock.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { arrive, until } from "./arrivals.ts";
import type { Arrivals } from "./arrivals.ts";
import { StartWatch } from "./milestones.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { load } from "./process-figures.ts";
import { benchSession, onSessionCluster, withOperator } from "./session-cluster.ts";
import type { SessionCluster } from "./session-cluster.ts";
import { rounded, spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

/** Sessions of one user that wait for one home, beside starts of other users. Times in milliseconds. */
export interface WaitingFigures {
  readonly bench: "waiting";
  readonly waiting: number;
  /** From the creation of the first to a status on the last. */
  readonly toldSeconds: number;
  /** Of other users' starts, before there are any that wait, and beside them. */
  readonly alone: Spread;
  readonly beside: Spread;
  /** From the end of the session that has the home to the next one that is ready. */
  readonly nextReadyMs: number;
  /** The longest turns of the operator's event loop: while they come, beside other starts, and when the home changes hands. */
  readonly lagMs: { readonly coming: number; readonly beside: number; readonly handover: number };
  /** Of the operator, in the quiet half minute in which nothing happens to them. */
  readonly quietCpuSeconds: number;
  readonly rssMiB: number;
  readonly load: readonly [number, number];
}

export interface WaitingOptions {
  readonly waiting: number;
  readonly nodeOptions: readonly string[];
  readonly say: (line: string) => void;
}

const others: Arrivals = { perSecond: 2, count: 30 };
const readyMs = 120_000;
// Each of those that wait gets its address, its policy and a status.
const settledMs = 600_000;
const quietMs = 30_000;

/** What one user's many waiting sessions cost everybody else. The lab has to run; what was made is gone afterwards. */
export async function benchWaiting(layout: LabLayout, options: WaitingOptions): Promise<WaitingFigures> {
  return onSessionCluster(layout, (cluster) =>
    withOperator(cluster, options.nodeOptions, async (operator) => {
      const watch = new StartWatch(cluster.client, cluster.namespace);
      try {
        await watch.synced;
        return await measure(cluster, operator, watch, options);
      } finally {
        await watch.close();
      }
    }),
  );
}

async function measure(
  cluster: SessionCluster,
  operator: OperatorProcess,
  watch: StartWatch,
  { waiting, say }: WaitingOptions,
): Promise<WaitingFigures> {
  const { client, namespace } = cluster;
  const loadBefore = load();
  await startsOf("warm-up", cluster, watch);
  say("starts alone");
  const alone = await startsOf("alone", cluster, watch);

  say(`${waiting} sessions of one user`);
  const begun = performance.now();
  const ofOne = (index: number) =>
    benchSession(namespace, `waits-${index}`, { user: "waits@example.com", hasHome: true });
  const coming = await operator.longestTurnMs(async () => {
    await inTurn(waiting, (index) => client.create({ ...ofOne(index) }));
    await operator.isIdle(settledMs);
  });
  const told = (await client.list(apiVersion, "VDISession", { namespace })) as (AnyObject & VDISession)[];
  const silent = told.filter(({ status }) => status?.phase === undefined).length;
  if (silent > 0) throw new Error(`${silent} of ${told.length} sessions have no status`);
  const toldSeconds = rounded((performance.now() - begun) / 1000);

  say("starts beside them");
  let beside: Spread | undefined;
  const besideMs = await operator.longestTurnMs(async () => {
    beside = await startsOf("beside", cluster, watch);
  });
  const before = operator.figures.cpuSeconds;
  await pause(systemClock, quietMs);
  const quietCpuSeconds = rounded(operator.figures.cpuSeconds - before);

  say("the home changes hands");
  const holder = told.find(({ metadata, status }) => metadata.name.startsWith("waits-") && status?.phase === "Running");
  if (!holder) throw new Error("none of the user's sessions runs");
  const ready = watch.count("ready");
  for (let index = 0; index < waiting; index++) watch.asked(ofOne(index).metadata.name);
  const endedMs = performance.now();
  const handover = await operator.longestTurnMs(async () => {
    await client.delete({ apiVersion, kind: "VDISession", metadata: { name: holder.metadata.name, namespace } });
    if (!(await until(() => watch.count("ready") > ready, readyMs))) throw new Error("no session got the home");
  });
  return {
    ...{ bench: "waiting", waiting, toldSeconds, alone, beside: beside ?? spread([]) },
    nextReadyMs: rounded(performance.now() - endedMs, 0),
    lagMs: { coming, beside: besideMs, handover },
    ...{ quietCpuSeconds, rssMiB: operator.figures.rssMiB, load: [loadBefore, load()] },
  };
}

/** Starts of users of their own, which all get a desktop at once. */
async function startsOf(name: string, { client, namespace }: SessionCluster, watch: StartWatch): Promise<Spread> {
  const names = Array.from({ length: others.count }, (_, index) => `${name}-${index}`);
  await arrive(others, async (index) => {
    const made = benchSession(namespace, names[index] ?? "", { hasHome: false });
    watch.asked(made.metadata.name);
    await client.create({ ...made });
  });
  const isReady = () => names.every((it) => watch.of(it)?.ready !== undefined);
  if (!(await until(isReady, readyMs))) throw new Error(`not all starts of ${name} became ready`);
  return spread(names.map((it) => (watch.of(it)?.ready ?? NaN) - (watch.of(it)?.asked ?? NaN)));
}

async function inTurn(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
