import { expect } from "chai";
import { problemLines, workloadProblem } from "../../../analyzers/workloads/workloads.ts";
import type { AnyObject } from "../../../kube/client.ts";

const selector = { matchLabels: { part: "api" } };
const alone = { pods: [], events: [] };

function workload(kind: string, spec: object, status: object, metadata: object = {}): AnyObject {
  return {
    kind,
    metadata: { namespace: "kasm", name: "api", generation: 2, ...metadata },
    spec: { selector, ...spec },
    status: { observedGeneration: 2, ...status },
  };
}

function pod(name: string, status: object, labels: object = { part: "api" }, namespace = "kasm"): AnyObject {
  return { kind: "Pod", metadata: { namespace, name, labels: { ...labels } }, status };
}
const unscheduled = {
  conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 Insufficient cpu." }],
};
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const inInit = {
  conditions: [{ type: "PodScheduled", status: "True" }],
  initContainerStatuses: [
    { name: "db-is-ready", ready: false, state: { running: { startedAt: "2026-11-28T20:28:26Z" } } },
  ],
};

describe("what a workload lacks", () => {
  const counts = (updated: number, available: number, replicas = 2) => ({
    replicas,
    updatedReplicas: updated,
    availableReplicas: available,
  });
  const cases: { what: string; workload: AnyObject; says?: string }[] = [
    {
      what: "nothing of a Deployment whose pods are all new and available",
      workload: workload("Deployment", { replicas: 2 }, counts(2, 2)),
    },
    {
      what: "pods of a Deployment that are not available",
      workload: workload("Deployment", { replicas: 2 }, counts(2, 1)),
      says: "has 1 of 2 pods ready",
    },
    {
      what: "pods of a Deployment's new template",
      workload: workload("Deployment", { replicas: 2 }, counts(0, 2)),
      says: "has 0 of 2 new pods, and 2 ready ones in all",
    },
    {
      what: "the end of a Deployment's old pods",
      workload: workload("Deployment", { replicas: 2 }, counts(2, 2, 3)),
      says: "still has 1 of its old pods",
    },
    {
      what: "a controller's look at a change",
      workload: workload("StatefulSet", {}, { ...counts(1, 1, 1), observedGeneration: 1 }),
      says: "is not looked at yet",
    },
    { what: "nothing of what is scaled to zero", workload: workload("Deployment", { replicas: 0 }, {}) },
    {
      what: "new pods of a StatefulSet, but for one that leaves the time to people",
      workload: workload("StatefulSet", { updateStrategy: { type: "OnDelete" } }, counts(0, 1, 1)),
    },
    {
      what: "pods of a DaemonSet on some nodes",
      workload: workload("DaemonSet", {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 }),
      says: "has 2 of 3 pods ready",
    },
    {
      what: "nothing of a DaemonSet that no node is meant for",
      workload: workload("DaemonSet", {}, { desiredNumberScheduled: 0 }),
    },
    { what: "the end of a Job", workload: workload("Job", {}, { active: 1 }), says: "has not ended" },
    {
      what: "the success of a Job",
      workload: workload(
        "Job",
        {},
        { conditions: [{ type: "Failed", status: "True", message: "Job has reached the specified backoff limit" }] },
      ),
      says: "has failed: Job has reached the specified backoff limit",
    },
    {
      what: "nothing of a Job that has done its work",
      workload: workload("Job", {}, { conditions: [{ type: "Complete", status: "True" }] }),
    },
  ];
  for (const { what, workload: object, says } of cases)
    it(`is ${what}`, () => {
      const expected = says === undefined ? undefined : `${object.kind ?? ""} kasm/api ${says}`;
      expect(workloadProblem(object, alone)?.text).to.equal(expected);
    });

  const short = workload("Deployment", { replicas: 2 }, counts(2, 1));

  it("is told by its own pods that do not run", () => {
    const pods = [
      pod("api-1", ready),
      pod("api-2", unscheduled),
      pod("db-1", unscheduled, { part: "db" }),
      pod("api-3", unscheduled, { part: "api" }, "elsewhere"),
    ];
    expect(workloadProblem(short, { pods, events: [] })).to.deep.equal({
      text: "Deployment kasm/api has 1 of 2 pods ready; pod api-2: cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu",
      isWaiting: false,
    });
  });

  it("is a wait for others when its pods do nothing else", () => {
    expect(workloadProblem(short, { pods: [pod("api-1", inInit)], events: [] })?.isWaiting).to.equal(true);
    const both = [pod("api-1", inInit), pod("api-2", unscheduled)];
    const seen = workloadProblem(short, { pods: both, events: [] });
    expect(seen?.isWaiting).to.equal(false);
    expect(seen?.text).not.to.include("api-1");
  });

  it("is told of three pods, and how many more there are", () => {
    const pods = [1, 2, 3, 4, 5].map((n) => pod(`api-${n}`, unscheduled));
    const { text = "" } = workloadProblem(short, { pods, events: [] }) ?? {};
    expect(text).to.match(/api-1: .*api-2: .*api-3: .*; 2 more$/);
  });

  it("is told by its controller where no pod could be made", () => {
    const message = 'pods "api-" is forbidden: violates PodSecurity "restricted:latest"';
    const status = { ...counts(0, 0, 0), conditions: [{ type: "ReplicaFailure", status: "True", message }] };
    expect(workloadProblem(workload("Deployment", {}, status), alone)?.text).to.include(`; ${message}`);
    const event = {
      type: "Warning",
      reason: "FailedCreate",
      message,
      involvedObject: { kind: "StatefulSet", namespace: "kasm", name: "api" },
    };
    const set = workload("StatefulSet", {}, counts(0, 0, 0));
    expect(workloadProblem(set, { pods: [], events: [event] })?.text).to.include(`; ${message}`);
  });
});

describe("the problems of several workloads", () => {
  it("are one line each: what is missing, what is the cause, and then who waits", () => {
    const problems = [
      { text: "a waits", isWaiting: true },
      { text: "b fails", isWaiting: false },
    ];
    expect(problemLines(["Job kasm/init"], problems)).to.deep.equal([
      "Job kasm/init does not exist",
      "b fails",
      "a waits",
    ]);
    expect(problemLines([], [])).to.deep.equal([]);
  });
});
