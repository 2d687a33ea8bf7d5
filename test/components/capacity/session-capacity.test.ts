import { expect } from "chai";
import { demandOf } from "../../../components/capacity/demand.ts";
import type { NodePool } from "../../../components/capacity/node-pool.ts";
import { kasmSizing } from "../../../components/kasm-workspaces/sizing.ts";
import { sessionCapacity } from "../../../components/capacity/session-capacity.ts";

const pool = (count: number, gpusPerNode: number, replicasPerGpu = 4): NodePool => ({
  ...{ name: `p${count}-${gpusPerNode}`, count, gpusPerNode, replicasPerGpu },
  labels: {},
});
const desktop = demandOf("2", "4Gi");

function capacity(pools: NodePool[], cpuCores: number, memoryGiB: number, one = desktop): number {
  const nodeSize = { cpuCores, memoryGiB };
  const nodes = pools.reduce((sum, { count }) => sum + count, 0);
  return sessionCapacity(pools, nodeSize, kasmSizing(nodes, nodeSize, one), one);
}

describe("the sessions that fit at once", () => {
  it("are as many as slices where CPU and memory suffice", () => {
    expect(capacity([pool(1, 1)], 64, 256)).to.equal(4);
  });

  it("are fewer than slices where the node's CPU ends first", () => {
    // 7.5 cores for pods, 2.05 for Kasm.
    expect(capacity([pool(1, 1)], 8, 64)).to.equal(2);
  });

  it("are fewer where its memory ends first", () => {
    // 15 GiB for pods, 4.25 for Kasm in its small preset.
    expect(capacity([pool(1, 1)], 32, 16)).to.equal(2);
  });

  it("are none on a node that Kasm fills", () => {
    expect(capacity([pool(1, 1)], 4, 8)).to.equal(0);
  });

  it("are reckoned with each pool's own size of nodes", () => {
    const large = { ...pool(1, 1), nodeSize: { cpuCores: 64, memoryGiB: 256 } };
    expect(capacity([pool(2, 0), large], 8, 16)).to.equal(4);
    expect(capacity([pool(2, 0), pool(1, 1)], 8, 16)).to.be.below(4);
  });

  it("are bounded by the pods that a kubelet takes", () => {
    expect(capacity([pool(1, 8, 32)], 1_000, 4_000)).to.equal(90);
  });

  it("are on all nodes where there are no GPUs, and on GPU nodes alone where there are", () => {
    const plain = demandOf("1", "3Gi");
    expect(capacity([pool(3, 0)], 16, 64, plain)).to.be.above(30);
    expect(capacity([pool(2, 0), pool(1, 1)], 64, 256)).to.equal(4);
  });
});
