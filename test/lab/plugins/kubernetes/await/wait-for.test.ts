import { expect } from "chai";
import type { AnyObject } from "../../../../../kube/client.ts";
import { waitForRule } from "../../../../../lab/plugins/kubernetes/await/rules/wait-for.ts";

const policy = {
  apiVersion: "nvidia.com/v1",
  kind: "ClusterPolicy",
  metadata: { name: "cluster-policy", generation: 1 },
  spec: { devicePlugin: { enabled: true } },
  status: {
    state: "notReady",
    replicas: 2,
    conditions: [
      { type: "Ready", status: "False", reason: "OperandNotReady", message: "driver is not ready" },
      { type: "Error", status: "False" },
    ],
  },
} as unknown as AnyObject;

const look = (annotation: string, live = policy) =>
  waitForRule(annotation).readiness({ live, related: [], waitedSeconds: 0, operation: "create" });

describe("pulumi.com/waitFor", () => {
  const table: [annotation: string, done: boolean, message?: string][] = [
    ["jsonpath={.status.state}=notReady", true],
    ["jsonpath={.status.state}=ready", false, "Waiting for {.status.state}=ready (found notReady)"],
    ["jsonpath={.status.replicas}=2", true],
    ["jsonpath={.spec.devicePlugin.enabled}=true", true],
    ["jsonpath={.spec.devicePlugin}", true],
    ["jsonpath={.status.url}", false, "Waiting for {.status.url} (not there yet)"],
    ["jsonpath={ $.status.conditions[?(@.type=='Error')].status }=False", true],
    ["jsonpath={.status.conditions[?@.type=='Error'].status}=False", true],
    ["condition=Error=False", true],
    ["condition=ready=false", true],
    ["condition=Ready", false, "Waiting for condition Ready=True (is False, OperandNotReady: driver is not ready)"],
    ["condition=Stalled", false, "Waiting for condition Stalled=True (no such condition yet)"],
    ['["condition=Error=False", "jsonpath={.status.replicas}=2"]', true],
    [
      '["condition=Error=False", "condition=Stalled"]',
      false,
      "Waiting for condition Stalled=True (no such condition yet)",
    ],
  ];
  for (const [annotation, done, message] of table)
    it(`${annotation} is ${done ? "" : "not "}met`, () => {
      const found = look(annotation);
      expect(found.done).to.equal(done);
      if (message) expect(found.message).to.equal(message);
    });

  it("does not trust a status that tells of an older spec", () => {
    const stale = {
      ...policy,
      metadata: { ...policy.metadata, generation: 2 },
      status: { observedGeneration: 1, state: "ready" },
    };
    expect(look("jsonpath={.status.state}=ready", stale).done).to.equal(false);
  });

  for (const unreadable of ["state=ready", "jsonpath=.status.state=ready", "jsonpath={.a}=b=c", "jsonpath={.a}=", "[]"])
    it(`refuses ${unreadable} when it is read, not at the end of the wait`, () => {
      expect(() => waitForRule(unreadable)).to.throw(/pulumi\.com\/waitFor/);
    });
});
