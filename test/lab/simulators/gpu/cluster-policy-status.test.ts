import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { clusterPolicyStatus } from "../../../../lab/simulators/gpu/cluster-policy-status.ts";
import type { Observation } from "../../../../lab/simulators/gpu/cluster-policy-status.ts";

function daemonSet(desired: number, available: number, updated = desired): AnyObject {
  const counts = { desiredNumberScheduled: desired, updatedNumberScheduled: updated, numberAvailable: available };
  return { metadata: { name: "device-plugin", generation: 2 }, status: { observedGeneration: 2, ...counts } };
}

const healthy: Observation = {
  namespace: "gpu-operator",
  hasFeatureLabels: true,
  hasGpuNodes: true,
  daemonSets: [daemonSet(2, 2), daemonSet(0, 0)],
};

function summary(changes: Partial<Observation>): string[] {
  const { state, conditions = [] } = clusterPolicyStatus(undefined, { ...healthy, ...changes }, "now");
  return [state, ...conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)];
}

describe("ClusterPolicy status (facts gpu 1.4)", () => {
  it("is Reconciled when every operand is available", () => {
    expect(summary({})).to.deep.equal(["ready", "Ready=True Reconciled", "Error=False Ready"]);
  });

  it("is ready, with another reason, although nothing runs for want of GPU nodes", () => {
    expect(summary({ hasGpuNodes: false })).to.deep.equal(["ready", "Ready=True NoGPUNodes", "Error=False Ready"]);
  });

  it("is ready, with another reason, although NFD found nothing", () => {
    const [state, ready] = summary({ hasFeatureLabels: false, hasGpuNodes: false });
    expect([state, ready]).to.deep.equal(["ready", "Ready=True NFDLabelsMissing"]);
  });

  it("is not ready while a pod is missing or old, and names the operand", () => {
    for (const daemonSets of [[daemonSet(2, 1)], [daemonSet(2, 2, 1)]])
      expect(summary({ daemonSets })).to.deep.equal(["notReady", "Ready=False Error", "Error=True OperandNotReady"]);
  });

  it("is not ready before the DaemonSet controller has seen the newest template", () => {
    const stale = { ...daemonSet(2, 2), metadata: { name: "device-plugin", generation: 3 } };
    expect(summary({ daemonSets: [stale] })[0]).to.equal("notReady");
  });

  it("is not ready before a DaemonSet exists", () => {
    expect(summary({ daemonSets: [{ metadata: { name: "device-plugin" } }] })[0]).to.equal("notReady");
  });

  it("keeps the time of a condition that did not change, so that a steady state writes nothing", () => {
    const first = clusterPolicyStatus(undefined, healthy, "then");
    expect(clusterPolicyStatus(first, healthy, "now")).to.deep.equal(first);
  });
});
