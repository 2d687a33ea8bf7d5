import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient } from "../kube/client.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { until } from "./arrivals.ts";
import { OperatorProcess } from "./operator-process.ts";
import { load } from "./process-figures.ts";
import { onSessionCluster } from "./session-cluster.ts";
import type { SessionCluster } from "./session-cluster.ts";
import { median, rounded } from "./statistics.ts";

export interface LeaderFigures {
  readonly bench: "leader";
  /** From the end of the leader to the first write of the other, for a session that was asked for at that moment. */
  readonly killedSeconds: readonly number[];
  readonly stoppedSeconds: readonly number[];
  readonly killedMedianSeconds: number;
  readonly stoppedMedianSeconds: number;
  readonly load: readonly [number, number];
}

const takeOverMs = 60_000;

/** Takes the leader of two operators away, by SIGKILL and by SIGTERM in turn. The lab has to run. */
export async function benchLeader(
  layout: LabLayout,
  runs: number,
  say: (line: string) => void,
): Promise<LeaderFigures> {
  return onSessionCluster(layout, async (cluster) => {
    const loadBefore = load();
    const seconds = { kill: [] as number[], stop: [] as number[] };
    let leader = await start(cluster, 0);
    await leads(leader);
    try {
      for (let run = 1; run <= 2 * runs; run++) {
        const how = run % 2 === 1 ? "kill" : "stop";
        const other = await start(cluster, run);
        const name = `handed-over-${run}`;
        // Time in which both renew and look as they always do.
        await sleep(3_000);
        const begun = performance.now();
        const ended = leader[how]();
        leader = other;
        await ask(cluster, name);
        await firstWrite(cluster.client, cluster.namespace, name);
        seconds[how].push(rounded((performance.now() - begun) / 1000));
        await ended;
        say(`run ${run} of ${2 * runs}: ${how}, ${seconds[how].at(-1) ?? ""} s`);
      }
    } finally {
      await leader.stop();
    }
    return {
      bench: "leader",
      killedSeconds: seconds.kill,
      stoppedSeconds: seconds.stop,
      killedMedianSeconds: median(seconds.kill),
      stoppedMedianSeconds: median(seconds.stop),
      load: [loadBefore, load()],
    };
  });
}

async function start(cluster: SessionCluster, index: number): Promise<OperatorProcess> {
  const identity = `bench-operator-${index}`;
  const operator = await OperatorProcess.start({ ...cluster, identity, electsLeader: true, nodeOptions: [] });
  await operator.hasSaid("the caches are filled");
  return operator;
}

async function leads(operator: OperatorProcess): Promise<void> {
  if (!(await until(async () => (await operator.samples()).some(isLeading), takeOverMs)))
    throw new Error("the first operator does not lead");
}

function isLeading({ name, value }: { name: string; value: number }): boolean {
  return name === "leader_election_master_status" && value === 1;
}

async function ask({ client, namespace, template }: SessionCluster, name: string): Promise<void> {
  const session: Pick<VDISession, "apiVersion" | "kind" | "metadata"> & { spec: object } = {
    ...{ apiVersion, kind: "VDISession", metadata: { name, namespace } },
    spec: { user: name, template: template.metadata.name, persistence: { enabled: false } },
  };
  await client.create({ ...session });
}

/** The pod is the last thing that an operator makes of a session; its first write comes a few milliseconds before. */
async function firstWrite(client: ClusterClient, namespace: string, session: string): Promise<void> {
  const end = performance.now() + takeOverMs;
  for (;;) {
    const pods = await client.list("v1", "Pod", { namespace });
    if (pods.some(({ metadata }) => metadata?.ownerReferences?.some(({ name }) => name === session))) return;
    if (performance.now() > end) throw new Error(`nobody took over within ${takeOverMs / 1000} s`);
    await sleep(20);
  }
}
