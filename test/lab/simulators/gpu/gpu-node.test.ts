import { expect } from "chai";
import fc from "fast-check";
import { planGpuNode } from "../../../../lab/simulators/gpu/gpu-node.ts";
import type { GpuNodeInput, OperandPod } from "../../../../lab/simulators/gpu/gpu-node.ts";

function podWith(text: string): OperandPod {
  return {
    source: { configMap: "time-slicing", defaultKey: "config" },
    data: { config: text },
    isToolkitReady: true,
    loaded: undefined,
  };
}

const shared = (replicas: number, more = "") =>
  `sharing: { timeSlicing: { ${more} resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }`;

function node(text: string, changes: Partial<GpuNodeInput> = {}): GpuNodeInput {
  return { gpus: 2, label: "", capacity: {}, plugin: podWith(text), discovery: podWith(text), ...changes };
}

describe("GPU node (facts gpu 2.2, 2.3)", () => {
  it("reports GPUs x replicas", () => {
    expect(planGpuNode(node(shared(8))).capacity).to.deep.equal({ "nvidia.com/gpu": "16" });
  });

  it("reports physical GPUs, replicas 1 and no sharing without a config", () => {
    const { capacity, labels } = planGpuNode(node(""));
    expect(capacity).to.deep.equal({ "nvidia.com/gpu": "2" });
    expect(labels).to.include({
      "nvidia.com/gpu.count": "2",
      "nvidia.com/gpu.replicas": "1",
      "nvidia.com/gpu.sharing-strategy": "none",
      "nvidia.com/gpu.product": "NVIDIA-L40S",
    });
  });

  it("labels a shared GPU with the factor, the strategy and -SHARED", () => {
    expect(planGpuNode(node(shared(8))).labels).to.include({
      "nvidia.com/gpu.count": "2",
      "nvidia.com/gpu.replicas": "8",
      "nvidia.com/gpu.sharing-strategy": "time-slicing",
      "nvidia.com/gpu.product": "NVIDIA-L40S-SHARED",
      "nvidia.com/mps.capable": "false",
    });
  });

  it("moves the capacity to nvidia.com/gpu.shared and leaves the product's name when renamed", () => {
    const { capacity, labels } = planGpuNode(node(shared(8, "renameByDefault: true,")));
    expect(capacity).to.deep.equal({ "nvidia.com/gpu": "0", "nvidia.com/gpu.shared": "16" });
    expect(labels).to.include({ "nvidia.com/gpu.product": "NVIDIA-L40S" });
  });

  it("leaves 0 of the old name when the config stops to rename", () => {
    const capacity = { "nvidia.com/gpu": "0", "nvidia.com/gpu.shared": "16" };
    expect(planGpuNode(node(shared(8), { capacity })).capacity).to.deep.equal({
      "nvidia.com/gpu": "16",
      "nvidia.com/gpu.shared": "0",
    });
  });

  it("drops the capacity to 0 when the plugin crashes, and keeps the labels", () => {
    const plan = planGpuNode(node(shared(1), { capacity: { "nvidia.com/gpu": "16" } }));
    expect(plan.capacity).to.deep.equal({ "nvidia.com/gpu": "0" });
    expect(plan.labels).to.equal(undefined);
  });

  it("registers nothing on a node whose plugin never ran", () => {
    expect(planGpuNode(node("", { plugin: undefined })).capacity).to.deep.equal({});
  });

  it("takes capacity from the plugin and labels from GFD: a restart of only one leaves the other stale (3.4)", () => {
    const old = { label: "", key: "config", text: shared(4) };
    const discovery = { ...podWith(shared(8)), loaded: old };
    const { capacity, labels } = planGpuNode(node(shared(8), { discovery }));
    expect(capacity).to.deep.equal({ "nvidia.com/gpu": "16" });
    expect(labels).to.include({ "nvidia.com/gpu.replicas": "4" });
  });

  it("marks MPS on the node", () => {
    const text = "sharing: { mps: { resources: [{ name: nvidia.com/gpu, replicas: 4 }] } }";
    expect(planGpuNode(node(text)).labels).to.include({
      "nvidia.com/mps.capable": "true",
      "nvidia.com/gpu.sharing-strategy": "mps",
    });
  });

  it("is steady: with what it loaded and reported it plans the same again", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 0, max: 64 }),
        fc.boolean(),
        (gpus, replicas, rename) => {
          const first = node(shared(replicas, rename ? "renameByDefault: true," : ""), { gpus });
          const plan = planGpuNode(first);
          const again = planGpuNode({
            ...first,
            capacity: plan.capacity,
            plugin: {
              ...podWith(shared(replicas, rename ? "renameByDefault: true," : "")),
              loaded: plan.plugin?.loaded,
            },
          });
          expect(again.capacity).to.deep.equal(plan.capacity);
        },
      ),
    );
  });
});
