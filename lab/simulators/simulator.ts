import type { CollectionName, ClusterView } from "./cluster-view.ts";

/** One piece of hardware or software that the lab plays: looks at collections, and makes the cluster follow. */
export interface Simulator {
  name: string;
  reads: readonly CollectionName[];
  /** Compares what is with what should be, and writes the difference. Called again after any change and any failure. */
  reconcile(): Promise<void>;
}

// A burst of changes (a rollout, a first list) is one round, not hundreds.
const gatherMs = 20;
const retryMs = { first: 250, most: 10_000 };

/** Runs one simulator until `signal` aborts: one round at a time, only when something changed or failed. */
export function runSimulator(
  simulator: Simulator,
  view: ClusterView,
  log: (line: string) => void,
  signal: AbortSignal,
): void {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let changes = 0;
  let delayMs = retryMs.first;

  view.subscribe(simulator.reads, () => schedule(gatherMs));
  signal.addEventListener("abort", () => clearTimeout(timer));

  function schedule(afterMs: number): void {
    changes++;
    if (isRunning || signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => void round(), afterMs);
  }

  async function round(): Promise<void> {
    if (!view.isSynced(simulator.reads)) return;
    isRunning = true;
    const seen = changes;
    const failure = await attempt();
    isRunning = false;
    if (failure !== undefined) {
      log(`${simulator.name}: ${failure}; trying again in ${delayMs} ms`);
      schedule(delayMs);
      delayMs = Math.min(delayMs * 2, retryMs.most);
    } else {
      delayMs = retryMs.first;
      if (changes !== seen) schedule(gatherMs);
    }
  }

  async function attempt(): Promise<string | undefined> {
    try {
      await simulator.reconcile();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message.split("\n")[0] : String(error);
    }
  }
}
