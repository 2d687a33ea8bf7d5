import { expect } from "chai";
import type { Node, Pod } from "../../../operator/kinds.ts";
import { annotations } from "../../../operator/resources/labels.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { sessionStatus, statusChanged } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { home, node, now, pod, session, settings, template, unschedulable, view } from "./views.ts";

const gpu = "nvidia.com/gpu";
const noGpu =
  "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.";

/** A desktop with GPU that finds no node. */
function waiting(message: string, nodes: Node[], changes: Partial<SessionView> = {}, resource = gpu): SessionView {
  const it: Pod = unschedulable(message);
  it.metadata.annotations = { [annotations.gpuResource]: resource };
  return view({ pod: it, nodes, ...changes });
}

function gpuNode(
  name: string,
  slices: number,
  changes: { replicas?: number; count?: number; resource?: string; isReady?: boolean; spec?: Node["spec"] } = {},
): Node {
  const { replicas = 8, count = 1, resource = gpu, ...rest } = changes;
  return node(name, {
    ...rest,
    allocatable: { [resource]: String(slices) },
    labels: { "nvidia.com/gpu.count": String(count), "nvidia.com/gpu.replicas": String(replicas) },
  });
}

const taint = (key: string) => ({ taints: [{ key, effect: "NoSchedule" }] });

describe("why a desktop has no GPU slice", () => {
  readyTable({
    "all slices are in use: names nodes with n of n": [
      waiting(noGpu, [gpuNode("gpu-b", 8), gpuNode("gpu-a", 16, { count: 2 }), node("plain")], {
        slicesInUse: (name) => (name === "gpu-a" ? 16 : 8),
      }),
      ["GpuSlicesInUse", "gpu-a 16 of 16 and gpu-b 8 of 8", "end or suspend a session"],
    ],
    "others than desktops have them as well": [
      waiting(noGpu, [gpuNode("gpu-a", 8)], { slicesInUse: () => 5 }),
      ["GpuSlicesInUse", "gpu-a 8 of 8, not all by desktops"],
    ],
    "time-slicing is not applied: the node offers its GPUs once": [
      waiting(noGpu, [gpuNode("gpu-a", 1, { replicas: 1 })], { slicesInUse: () => 1 }),
      ["TimeSlicingNotApplied", "gpu-a has 1 GPU and offers as many", "`default` in the ClusterPolicy"],
    ],
    "time-slicing is not applied, though the labels say so: the plugin is behind": [
      waiting(noGpu, [gpuNode("gpu-a", 2, { replicas: 8, count: 2 })], { slicesInUse: () => 2 }),
      ["TimeSlicingNotApplied", "2 GPUs and offers as many", "restart it"],
    ],
    "one node of two shares nothing, which may be meant so": [
      waiting(noGpu, [gpuNode("gpu-a", 8), gpuNode("gpu-b", 1, { replicas: 1 })], {
        slicesInUse: (name) => (name === "gpu-a" ? 8 : 1),
      }),
      ["GpuSlicesInUse", "GPUs are not shared on gpu-b"],
    ],
    "no node has a GPU": [
      waiting(noGpu, [node("a"), node("b")]),
      ["NoGpuNode", "none of the 2 nodes has an NVIDIA card", "Add a GPU node"],
    ],
    "a node has a card, but its plugin is not ready": [
      waiting(noGpu, [node("a", { labels: { "feature.node.kubernetes.io/pci-10de.present": "true" } })]),
      ["NoGpuNode", "although a has an NVIDIA card", "namespace gpu-operator"],
    ],
    "so too with the PCI class in the label": [
      waiting(noGpu, [node("a", { labels: { "feature.node.kubernetes.io/pci-0302_10de.present": "true" } })]),
      ["NoGpuNode", "although a has an NVIDIA card"],
    ],
    "nodes offer the resource under the name that renameByDefault gives": [
      waiting(noGpu, [gpuNode("gpu-a", 8, { resource: "nvidia.com/gpu.shared" })]),
      ["GpuResourceRenamed", "asks for 1 nvidia.com/gpu,", "offer nvidia.com/gpu.shared"],
    ],
    "the template asks for the renamed resource, and nodes offer the plain one": [
      waiting(
        "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.",
        [gpuNode("gpu-a", 8)],
        {},
        "nvidia.com/gpu.shared",
      ),
      ["GpuResourceRenamed", "asks for 1 nvidia.com/gpu.shared,", "offer nvidia.com/gpu instead"],
    ],
    "no GPU node is ready": [
      waiting(noGpu, [gpuNode("gpu-a", 8, { isReady: false }), node("b")]),
      ["AllNodesUnready", "no node that has it is ready: gpu-a"],
    ],
    "slices are free behind a taint that desktops do not tolerate": [
      waiting("0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint(s).", [
        gpuNode("gpu-a", 8, { spec: taint("team") }),
        node("b"),
      ]),
      ["Tainted", "gpu-a by team:NoSchedule"],
    ],
    "a taint with the GPU's name keeps no desktop with GPU away": [
      waiting(noGpu, [gpuNode("gpu-a", 8, { spec: taint(gpu) })], { slicesInUse: () => 8 }),
      ["GpuSlicesInUse", "gpu-a 8 of 8"],
    ],
    "slices are free on a node that is cordoned": [
      waiting("0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) were unschedulable.", [
        gpuNode("gpu-a", 8, { spec: { unschedulable: true } }),
        node("b"),
      ]),
      ["NodesCordoned", "gpu-a", "kubectl uncordon"],
    ],
  });
});

describe("why a desktop has no node", () => {
  const cpu = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.";
  const selective = { template: template({ nodeSelector: { pool: "desktops" } }) };
  readyTable({
    "CPU is short: names what is asked and which nodes were considered": [
      view({ pod: unschedulable(cpu), nodes: [node("a"), node("b"), node("c", { spec: taint("x") })] }),
      ["CpuShort", "No node has 2 CPU left", "considered: a and b (1 other node not ready"],
    ],
    "memory is short, as the session asks for it": [
      view({
        pod: unschedulable("0/1 nodes are available: 1 Insufficient memory."),
        nodes: [node("a")],
        session: session({ spec: { resources: { memory: "64Gi" } } }),
      }),
      ["MemoryShort", "No node has 64Gi memory left", "considered: a"],
    ],
    "another resource is short": [
      waiting("0/1 nodes are available: 1 Insufficient ephemeral-storage.", [node("a")]),
      ["ResourceShort", "enough ephemeral-storage left"],
    ],
    "nodes have all the pods they may have": [
      waiting("0/1 nodes are available: 1 Too many pods.", [node("a")]),
      ["NodesFull", "max-pods"],
    ],
    "no node has the template's labels": [
      waiting("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", [node("a")], selective),
      ["NodeSelectorUnmatched", "No node that is open has the labels pool=desktops"],
    ],
    "a node has the labels, but is not to be had": [
      waiting(
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s).",
        [node("a", { labels: { pool: "desktops" }, spec: taint("x") }), node("b")],
        selective,
      ),
      ["Tainted", /it: a by x:NoSchedule\./],
    ],
    "the node's disk is full: its taint goes by itself": [
      waiting("0/2 nodes are available: 2 node(s) had untolerated taint(s).", [
        node("a", { spec: taint("node.kubernetes.io/disk-pressure") }),
        node("master", { spec: taint("node-role.kubernetes.io/control-plane") }),
      ]),
      ["NodesUnderPressure", "run out of disk space: a.", "by itself", /^(?!.*master)/],
    ],
    "the node's memory is full": [
      waiting("0/1 nodes are available: 1 node(s) had untolerated taint(s).", [
        node("a", { spec: taint("node.kubernetes.io/memory-pressure") }),
      ]),
      ["NodesUnderPressure", "run out of memory: a.", /^(?!.*Take the taint)/],
    ],
    "no cloud controller has looked at the node": [
      waiting("0/1 nodes are available: 1 node(s) had untolerated taint(s).", [
        node("a", { spec: taint("node.cloudprovider.kubernetes.io/uninitialized") }),
      ]),
      ["NodesUninitialized", "cloud controller", "a."],
    ],
    "all nodes are tainted": [
      waiting("0/1 nodes are available: 1 node(s) had untolerated taint {team: blue}.", [
        node("a", { spec: { taints: [{ key: "team", value: "blue", effect: "NoSchedule" }] } }),
      ]),
      ["Tainted", "a by team=blue:NoSchedule"],
    ],
    "no node is ready, whatever the scheduler makes of it": [
      waiting(cpu, [node("a", { isReady: false }), node("b", { isReady: false })]),
      ["AllNodesUnready", "No node is ready: a and b"],
    ],
    "the home is on a node that is full": [
      waiting("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had volume node affinity conflict.", [
        node("a"),
        node("b"),
      ]),
      ["VolumeOnOtherNode", "Insufficient cpu"],
    ],
    "the home is on a node without the GPU that the template asks for: both, why, and what to do": [
      waiting(
        "0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had volume node affinity conflict.",
        [node("plain"), gpuNode("gpu-a", 8)],
        { home: home("Bound", "plain") },
      ),
      [
        "VolumeOnOtherNode",
        "home-alice lies on node plain",
        "VDITemplate ubuntu cannot run there: that node does not have the nvidia.com/gpu that is asked for (gpu-a has)",
        "Take a template that can run on node plain; or move the home",
        "delete the claim home-alice",
      ],
    ],
    "the home is on a node without the template's labels": [
      view({
        pod: unschedulable(
          "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had volume node affinity conflict.",
        ),
        nodes: [node("a"), node("b", { labels: { pool: "desktops" } })],
        ...selective,
        home: home("Bound", "a"),
      }),
      ["VolumeOnOtherNode", "that node does not have the label pool=desktops of the template's nodeSelector"],
    ],
    "the home is on a node that is smaller than the desktop": [
      view({
        pod: unschedulable(
          "0/2 nodes are available: 1 Insufficient memory, 1 node(s) had volume node affinity conflict.",
        ),
        nodes: [node("small", { allocatable: { memory: "2Gi" } }), node("large")],
        home: home("Bound", "small"),
      }),
      ["VolumeOnOtherNode", "that node has 2Gi memory in all, and 4Gi is asked for"],
    ],
    "the home is on a node that is cordoned": [
      view({
        pod: unschedulable(
          "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) had volume node affinity conflict.",
        ),
        nodes: [node("a", { spec: { unschedulable: true } }), node("b")],
        home: home("Bound", "a"),
      }),
      ["VolumeOnOtherNode", "lies on node a", "that node is cordoned. Wait until that is over"],
    ],
    "the home is on a named node that is full": [
      view({
        pod: unschedulable("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had volume node affinity conflict."),
        nodes: [node("a"), node("b")],
        home: home("Bound", "a"),
      }),
      ["VolumeOnOtherNode", "no room now (Insufficient cpu). Make room on node a"],
    ],
    "the home is on a named node that is gone": [
      waiting("0/1 nodes are available: 1 node(s) had volume node affinity conflict.", [node("b")], {
        home: home("Bound", "a"),
      }),
      ["VolumeOnOtherNode", "lies on node a", "that node is gone. Bring it back", "claim home-alice is deleted"],
    ],
    "the home is on a node that is gone": [
      waiting("0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.", [
        node("a"),
        node("b"),
      ]),
      ["VolumeOnOtherNode", "that node is gone"],
    ],
    "the home is not bound": [
      waiting("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", [node("a")], {
        home: home("Pending"),
      }),
      ["HomeProvisioning", "home-alice"],
    ],
    "the home was not made in the ten minutes that the scheduler waits for it": [
      waiting('running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded', [node("a")], {
        home: home("Pending"),
      }),
      ["HomeProvisioning", "home-alice"],
    ],
    "for a reason that only the scheduler knows": [
      waiting(
        "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
        [node("a")],
      ),
      ["Unschedulable", /didn't match pod topology spread constraints\. See/],
    ],
    "the scheduler does not look at it": [view({ pod: pod() }), ["Scheduling", "Pod alice-x waits", "kube-scheduler"]],
    "a node is cordoned, and the control plane is tainted as ever": [
      waiting("0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.", [
        node("a", { spec: { unschedulable: true, ...taint("node.kubernetes.io/unschedulable") } }),
        node("master", { spec: taint("node-role.kubernetes.io/control-plane") }),
      ]),
      ["NodesCordoned", "cordoned: a."],
    ],
    "nodes without that taint are not ready": [
      waiting("0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.", [
        node("a", { isReady: false, spec: taint("node.kubernetes.io/not-ready") }),
        node("b"),
      ]),
      ["AllNodesUnready", "No node that could take the desktop is ready: a."],
    ],
    "the GPU node has slices free, but no CPU": [
      waiting(
        "0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient nvidia.com/gpu.",
        [gpuNode("gpu-a", 8), node("b")],
        {
          slicesInUse: () => 3,
        },
      ),
      ["CpuShort", "considered: gpu-a (1 other node"],
    ],
    "some nodes are tainted, others not ready": [
      waiting("0/2 nodes are available: 2 node(s) had untolerated taint(s).", [
        node("a", { spec: taint("team") }),
        node("b", { isReady: false, spec: taint("node.kubernetes.io/unreachable") }),
      ]),
      ["Tainted", "it: a by team:NoSchedule. Not ready, and therefore tainted: b."],
    ],
  });

  it("is told by PodScheduled as well", () => {
    const { conditions } = sessionStatus(waiting(cpu, [node("a")]), settings, now);
    expect(conditions?.find(({ type }) => type === "PodScheduled")).to.include({ status: "False", reason: "CpuShort" });
  });

  it("does not change when the scheduler only counts preemption in another way", () => {
    const before = sessionStatus(waiting(noGpu, [gpuNode("a", 8)], { slicesInUse: () => 8 }), settings, now);
    const again = waiting(
      noGpu.replace("2 No preemption victims found", "1 No preemption victims found"),
      [gpuNode("a", 8)],
      {
        slicesInUse: () => 8,
        session: session({ status: before }),
      },
    );
    expectReady(again, ["GpuSlicesInUse"]);
    expect(statusChanged(before, sessionStatus(again, settings, now))).to.equal(false);
  });
});
