import { expect } from "chai";
import { componentRows, nodeRows, renderSummary } from "../../../lab/platform/summary.ts";
import type { SummaryInput } from "../../../lab/platform/summary.ts";

const gpu = "urn:pulumi:lab::kasm-vdi::kasm:gpu:GpuOperator::gpu";
const input: SummaryInput = {
  resources: [
    { urn: gpu, type: "kasm:gpu:GpuOperator" },
    {
      urn: "release",
      type: "kubernetes:helm.sh/v3:Release",
      parent: gpu,
      inputs: { chart: "./lab/charts/gpu-operator", version: "v26.7.0" },
    },
    { urn: "namespace", type: "kubernetes:core/v1:Namespace", parent: gpu },
    { urn: "storage", type: "kasm:storage:LocalPathStorage" },
  ],
  nodes: [
    {
      metadata: { name: "k3s-gpu-0", labels: { "nvidia.com/gpu.count": "2", "nvidia.com/gpu.replicas": "8" } },
      status: { nodeInfo: { kubeletVersion: "v1.35.4+k3s1" }, capacity: { "nvidia.com/gpu": "16" } },
    },
    { metadata: { name: "k3s-server-0", labels: { "node-role.kubernetes.io/control-plane": "true" } }, status: {} },
  ],
  outputs: {
    dns: [{ name: "lab.example.com", type: "A", ttl: 300, values: ["198.18.0.10", "198.18.0.11"] }],
    capacity: { gpus: 2, slices: 16 },
    turn: null,
  },
  standInCharts: ["gpu-operator"],
  standInPlugins: [],
  session: undefined,
  portalUrl: undefined,
};

describe("the summary of npm run lab", () => {
  it("has a row per component: its chart and version, whether that is a stand-in, and how many resources it owns", () => {
    expect(componentRows(input)).to.deep.equal([
      ["GpuOperator", "gpu-operator v26.7.0 (stand-in)", "2"],
      ["LocalPathStorage", "checks only", "0"],
    ]);
  });

  it("has a row per node: GPUs x slices as labelled, and what the scheduler may give away", () => {
    expect(nodeRows(input.nodes)).to.deep.equal([
      ["k3s-gpu-0", "agent", "v1.35.4+k3s1", "2 x 8", "16"],
      ["k3s-server-0", "control-plane", "", "-", "-"],
    ]);
  });

  it("writes DNS records as a zone file would, and leaves out what is null", () => {
    const text = renderSummary(input);
    expect(text).to.contain("lab.example.com 300 A 198.18.0.10 198.18.0.11");
    expect(text).to.contain("slices: 16");
    expect(text).not.to.contain("turn");
  });

  it("counts the sentences of a gate's report, and leaves out gates that did not run", () => {
    const checks = { gpu: null, preflight: { passed: 25, warnings: ["a long story"], unknown: [] } };
    const text = renderSummary({ ...input, outputs: { checks } });
    expect(text).to.contain("preflight: passed 25, warnings 1, unknown 0").and.not.to.contain("gpu: ");
  });

  it("says where the portal is, on a stack that has one", () => {
    const text = renderSummary({ ...input, portalUrl: "http://127.0.0.1:21000" });
    expect(text).to.contain("Portal: http://127.0.0.1:21000");
    expect(renderSummary(input)).not.to.contain("Portal");
  });

  it("says which charts were stand-ins, and nothing when none was", () => {
    expect(renderSummary(input)).to.contain("Stand-ins of the lab were used for: charts gpu-operator");
    expect(renderSummary({ ...input, standInCharts: [] })).not.to.contain("Stand-ins");
  });
});
