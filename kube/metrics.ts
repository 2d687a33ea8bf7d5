import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { QueueObserver, WorkQueue } from "./work-queue.ts";
import type { WorkObserver } from "./worker-pool.ts";

// The buckets and names of controller-runtime, for which people have dashboards.
const queueBuckets = [10e-9, 10e-8, 10e-7, 10e-6, 10e-5, 10e-4, 10e-3, 10e-2, 10e-1, 1, 10, 100, 1000];
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** What the parts of this folder report, under controller-runtime's names, in one registry. */
export class ControllerMetrics {
  readonly registry: Registry;
  readonly #queues = new Map<string, WorkQueue>();
  readonly #adds;
  readonly #retries;
  readonly #queueSeconds;
  readonly #workSeconds;
  readonly #reconciles;
  readonly #errors;
  readonly #terminalErrors;
  readonly #reconcileSeconds;
  readonly #workers;
  readonly #mostWorkers;
  readonly #leader;
  readonly #requests;

  constructor(registry = new Registry()) {
    this.registry = registry;
    const registers = [registry];
    const ofQueue = { labelNames: ["name", "controller"] as const, registers };
    const ofController = { labelNames: ["controller"] as const, registers };
    this.#adds = new Counter({ name: "workqueue_adds_total", help: "Keys added", ...ofQueue });
    this.#retries = new Counter({
      name: "workqueue_retries_total",
      help: "Keys added again after a failure",
      ...ofQueue,
    });
    this.#queueSeconds = new Histogram({
      name: "workqueue_queue_duration_seconds",
      help: "How long keys wait before work on them begins",
      buckets: queueBuckets,
      ...ofQueue,
    });
    this.#workSeconds = new Histogram({
      name: "workqueue_work_duration_seconds",
      help: "How long work on a key takes",
      buckets: queueBuckets,
      ...ofQueue,
    });
    this.#gaugeOfQueues("workqueue_depth", "Keys that wait", ({ depth }) => depth);
    this.#gaugeOfQueues("workqueue_unfinished_work_seconds", "Ages of all work in progress", ({ ages }) =>
      seconds(ages),
    );
    this.#gaugeOfQueues(
      "workqueue_longest_running_processor_seconds",
      "Age of the oldest work in progress",
      ({ ages }) => Math.max(0, ...ages) / 1000,
    );
    this.#reconciles = new Counter({
      name: "controller_runtime_reconcile_total",
      help: "Reconciliations by result",
      labelNames: ["controller", "result"],
      registers,
    });
    this.#errors = new Counter({
      name: "controller_runtime_reconcile_errors_total",
      help: "Reconciliations that failed",
      ...ofController,
    });
    this.#terminalErrors = new Counter({
      name: "controller_runtime_terminal_reconcile_errors_total",
      help: "Reconciliations that failed and are not tried again",
      ...ofController,
    });
    this.#reconcileSeconds = new Histogram({
      name: "controller_runtime_reconcile_time_seconds",
      help: "How long a reconciliation takes",
      buckets: reconcileBuckets,
      ...ofController,
    });
    this.#workers = new Gauge({
      name: "controller_runtime_active_workers",
      help: "Reconciliations in progress",
      ...ofController,
    });
    this.#mostWorkers = new Gauge({
      name: "controller_runtime_max_concurrent_reconciles",
      help: "Reconciliations that may be in progress at once",
      ...ofController,
    });
    this.#leader = new Gauge({
      name: "leader_election_master_status",
      help: "1 while this process leads",
      labelNames: ["name"],
      registers,
    });
    this.#requests = new Counter({
      name: "rest_client_requests_total",
      help: "Requests to the API server by method and status; <error> when there was no answer",
      labelNames: ["method", "code"],
      registers,
    });
  }

  /** For the options of the controller's queue; {@link watchQueue} adds its gauges. */
  queueObserver(controller: string): QueueObserver {
    const labels = { name: controller, controller };
    return {
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      taken: (waitedMs) => this.#queueSeconds.observe(labels, waitedMs / 1000),
      finished: (workedMs) => this.#workSeconds.observe(labels, workedMs / 1000),
    };
  }

  watchQueue(controller: string, queue: WorkQueue): void {
    this.#queues.set(controller, queue);
  }

  /** For the options of the controller's worker pool. */
  workObserver(controller: string, concurrency: number): WorkObserver {
    this.#mostWorkers.set({ controller }, concurrency);
    this.#errors.inc({ controller }, 0);
    return {
      started: () => this.#workers.inc({ controller }),
      ended: (outcome, seconds) => {
        this.#workers.dec({ controller });
        this.#reconcileSeconds.observe({ controller }, seconds);
        this.#reconciles.inc({ controller, result: outcome === "terminal_error" ? "error" : outcome });
        if (outcome === "error" || outcome === "terminal_error") this.#errors.inc({ controller });
        if (outcome === "terminal_error") this.#terminalErrors.inc({ controller });
      },
    };
  }

  /** For the options of the client. */
  readonly onAnswer = (method: string, status: number | undefined): void => {
    this.#requests.inc({ method, code: status === undefined ? "<error>" : String(status) });
  };

  setLeading(name: string, isLeading: boolean): void {
    this.#leader.set({ name }, isLeading ? 1 : 0);
  }

  #gaugeOfQueues(name: string, help: string, read: (queue: WorkQueue) => number): void {
    const queues = this.#queues;
    new Gauge({
      name,
      help,
      labelNames: ["name", "controller"],
      registers: [this.registry],
      collect() {
        for (const [controller, queue] of queues) this.set({ name: controller, controller }, read(queue));
      },
    });
  }
}

function seconds(agesMs: readonly number[]): number {
  return agesMs.reduce((sum, age) => sum + age, 0) / 1000;
}
