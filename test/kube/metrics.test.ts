import { expect } from "chai";
import { ControllerMetrics } from "../../kube/metrics.ts";
import { WorkQueue } from "../../kube/work-queue.ts";
import { FakeClock } from "./fake-clock.ts";

describe("the metrics of a controller", () => {
  it("have the names and labels of controller-runtime", async () => {
    const clock = new FakeClock();
    const metrics = new ControllerMetrics();
    const queue = new WorkQueue({ clock, observer: metrics.queueObserver("session") });
    metrics.watchQueue("session", queue);
    const work = metrics.workObserver("session", 20);
    queue.add("a");
    queue.add("b");
    await queue.take();
    work.started?.();
    work.started?.();
    work.ended?.("terminal_error", 0.2);
    queue.retry("a");
    metrics.onAnswer("PATCH", 409);
    metrics.onAnswer("GET", undefined);
    metrics.setLeading("operator", true);
    await clock.advance(3_000);

    const lines = (await metrics.registry.metrics()).split("\n");
    expect(lines).to.include.members([
      'workqueue_depth{name="session",controller="session"} 1',
      'workqueue_adds_total{name="session",controller="session"} 3',
      'workqueue_retries_total{name="session",controller="session"} 1',
      'workqueue_unfinished_work_seconds{name="session",controller="session"} 3',
      'workqueue_longest_running_processor_seconds{name="session",controller="session"} 3',
      'workqueue_queue_duration_seconds_count{name="session",controller="session"} 1',
      'controller_runtime_reconcile_total{controller="session",result="error"} 1',
      'controller_runtime_reconcile_errors_total{controller="session"} 1',
      'controller_runtime_terminal_reconcile_errors_total{controller="session"} 1',
      'controller_runtime_reconcile_time_seconds_count{controller="session"} 1',
      'controller_runtime_active_workers{controller="session"} 1',
      'controller_runtime_max_concurrent_reconciles{controller="session"} 20',
      'leader_election_master_status{name="operator"} 1',
      'rest_client_requests_total{method="PATCH",code="409"} 1',
      'rest_client_requests_total{method="GET",code="<error>"} 1',
    ]);
  });
});
