import { expect } from "chai";
import { refText } from "../../../analyzers/finding.ts";
import type { Finding } from "../../../analyzers/finding.ts";
import { podScheduling } from "../../../analyzers/scheduling/pod-scheduling.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { clusterOf } from "../cluster-of.ts";

const node = (name: string, spec: object = {}): AnyObject => ({
  kind: "Node",
  metadata: { name },
  spec,
  status: { conditions: [{ type: "Ready", status: "True" }], allocatable: { cpu: "4" } },
});

/** A database whose volume lies on k3s-2, and that finds no node. */
function finding(nodes: AnyObject[], said: string): Finding {
  const objects = {
    Node: nodes,
    Pod: [
      {
        kind: "Pod",
        metadata: { namespace: "kasm", name: "db", creationTimestamp: "2026-03-01T11:50:00Z" },
        spec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
        status: { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: said }] },
      },
    ],
    PersistentVolumeClaim: [
      { metadata: { namespace: "kasm", name: "data" }, spec: { volumeName: "pv" }, status: { phase: "Bound" } },
    ],
    PersistentVolume: [
      {
        metadata: { name: "pv" },
        spec: {
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["k3s-2"] }] },
              ],
            },
          },
        },
      },
    ],
  };
  const { findings } = podScheduling.analyze(clusterOf(objects));
  const [found] = findings;
  if (!found) throw new Error("nothing was found");
  return found;
}

describe("a pod that can run on the node of its volume alone", () => {
  const said =
    "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) didn't match PersistentVolume's node affinity.";
  const pressed = { taints: [{ key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" }] };

  it("is told what keeps it off that node, and not to delete the volume while the node is there", () => {
    const { code, problem, fix } = finding([node("k3s-1"), node("k3s-2", pressed)], said);
    expect(code).to.equal("VolumeOnOtherNode");
    expect(problem).to.contain("k3s-2, which keeps it away by node.kubernetes.io/disk-pressure:NoSchedule");
    expect(fix[0]?.text).to.contain("Keep the claim").and.not.contain("delete");
  });

  it("is told that a volume which may be lost can be deleted when the node is gone", () => {
    const gone = "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.";
    const { problem, fix } = finding([node("k3s-1")], gone);
    expect(problem).to.contain("k3s-2, which is gone");
    expect(fix[0]?.text).to.contain("can be deleted");
  });

  it("follows from what is wrong with that node, and not from another one that is cordoned", () => {
    const { dependsOn = [] } = finding([node("k3s-1", { unschedulable: true }), node("k3s-2", pressed)], said);
    const nodes = dependsOn.filter(({ object }) => object.kind === "Node");
    expect(nodes.map(({ object }) => refText(object))).to.deep.equal(["Node k3s-2"]);
    expect(nodes[0]?.codes).to.include.members(["NodeDiskPressure", "NodeUnreachable", "NodeCordoned"]);
  });
});
