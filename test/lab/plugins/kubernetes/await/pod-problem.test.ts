import { expect } from "chai";
import type { AnyObject } from "../../../../../kube/client.ts";
import { podProblem, podProblems } from "../../../../../lab/plugins/kubernetes/await/pod-problem.ts";

function pod(status: object, metadata: object = {}): AnyObject {
  const shared = { name: "p", namespace: "kasm", ...metadata };
  return { apiVersion: "v1", kind: "Pod", metadata: shared, status };
}
const unready = [{ type: "Ready", status: "False", message: "containers with unready status: [api]" }];

const cases: [title: string, status: object, problem: string | undefined][] = [
  [
    "is only starting",
    { containerStatuses: [{ name: "api", ready: false, state: { waiting: { reason: "ContainerCreating" } } }] },
    undefined,
  ],
  [
    "crashes again and again",
    {
      containerStatuses: [
        {
          name: "api",
          ready: false,
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container" } },
          lastState: { terminated: { exitCode: 1, reason: "Error", message: "no route to db" } },
        },
      ],
    },
    "[Pod kasm/p] container api: [CrashLoopBackOff] back-off 5m0s restarting failed container; last ended with exit code 1 (no route to db)",
  ],
  [
    "was killed for memory",
    {
      containerStatuses: [{ name: "api", ready: false, state: { terminated: { exitCode: 137, reason: "OOMKilled" } } }],
    },
    "[Pod kasm/p] container api: ended with exit code 137 (OOMKilled)",
  ],
  [
    "hangs in an init container",
    {
      initContainerStatuses: [
        { name: "db-is-ready", ready: false, state: { waiting: { reason: "ErrImagePull", message: "not found" } } },
      ],
      containerStatuses: [{ name: "api", ready: false, state: { waiting: { reason: "PodInitializing" } } }],
    },
    "[Pod kasm/p] init container db-is-ready: [ErrImagePull] not found",
  ],
  [
    "runs but fails its readiness probe",
    { conditions: unready, containerStatuses: [{ name: "api", ready: false, state: { running: {} } }] },
    "[Pod kasm/p] containers with unready status: [api]",
  ],
  ["has succeeded", { phase: "Succeeded", containerStatuses: [] }, undefined],
];

describe("the problem of a Pod", () => {
  for (const [title, status, problem] of cases)
    it(`that ${title}: ${problem ?? "none"}`, () => {
      expect(podProblem(pod(status))).to.equal(problem);
    });

  it("is not told of a Pod that is being deleted", () => {
    const crashed = { containerStatuses: [{ name: "a", ready: false, state: { terminated: { exitCode: 1 } } }] };
    expect(podProblem(pod(crashed, { deletionTimestamp: "2026-11-23T00:00:00Z" }))).to.equal(undefined);
  });

  it("is told once for many Pods with the same cause", () => {
    const failing = { containerStatuses: [{ name: "a", ready: false, state: { terminated: { exitCode: 1 } } }] };
    const pods = ["p-1", "p-2", "p-3"].map((name) => pod(failing, { name }));
    expect(podProblems(pods)).to.deep.equal(["[Pod kasm/p-1] container a: ended with exit code 1 (and 2 more Pods)"]);
  });
});
