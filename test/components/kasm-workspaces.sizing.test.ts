import { expect } from "chai";
import fc from "fast-check";
import { kasmSizing, presetDemand, presetFits } from "../../components/kasm-workspaces.sizing.ts";

const small = { cpuCores: 4, memoryGiB: 8 };
const large = { cpuCores: 16, memoryGiB: 64 };

describe("Kasm's size", () => {
  it("counts what the chart's presets request", () => {
    expect(presetDemand("small")).to.deep.equal({ cpuMillis: 5750, memoryMiB: 4352 });
    expect(presetDemand("medium")).to.deep.equal({ cpuMillis: 13_000, memoryMiB: 9600 });
    expect(presetDemand("large")).to.deep.equal({ cpuMillis: 27_500, memoryMiB: 24_576 });
  });

  it("counts the copies that nodes beyond the first bring", () => {
    expect(presetDemand("small", 2)).to.deep.equal({ cpuMillis: 7250, memoryMiB: 5888 });
    expect(presetDemand("large", 2)).to.deep.equal(presetDemand("large"));
  });

  it("is compact on two nodes that the preset fits, but not with two copies", () => {
    expect(presetDemand("small").cpuMillis).to.be.below(2 * 3500);
    expect(kasmSizing(2, small)).to.deep.equal({ deploymentSize: "small", replicas: 2, isCompact: true });
  });

  it("is compact on a single node of 4 cores, which the small preset does not fit", () => {
    expect(kasmSizing(1, small)).to.deep.equal({ deploymentSize: "small", replicas: 1, isCompact: true });
  });

  it("is small with two copies from two nodes on", () => {
    expect(kasmSizing(3, small)).to.deep.equal({ deploymentSize: "small", replicas: 2, isCompact: false });
  });

  it("grows with the cluster, and leaves half of it to desktops", () => {
    expect(kasmSizing(3, large)).to.include({ deploymentSize: "medium", replicas: 2 });
    expect(kasmSizing(6, large)).to.include({ deploymentSize: "large", replicas: 3 });
    expect(kasmSizing(200, small)).to.include({ deploymentSize: "medium" });
  });

  it("has no more copies than nodes, whatever the preset says", () => {
    expect(kasmSizing(1, large, "medium")).to.include({ deploymentSize: "medium", replicas: 1 });
    expect(kasmSizing(2, large, "large")).to.include({ deploymentSize: "large", replicas: 2 });
  });

  it("is what was asked for", () => {
    expect(kasmSizing(6, large, "small")).to.deep.equal({ deploymentSize: "small", replicas: 2, isCompact: false });
  });

  it("fits for every cluster, unless it is compact", () => {
    const node = fc.record({ cpuCores: fc.integer({ min: 1, max: 64 }), memoryGiB: fc.integer({ min: 1, max: 512 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), node, (nodes, nodeSize) => {
        const { deploymentSize, isCompact } = kasmSizing(nodes, nodeSize);
        expect(isCompact || presetFits(deploymentSize, nodes, nodeSize)).to.equal(true);
      }),
    );
  });

  it("never shrinks when a node is added", () => {
    const order = ["small", "medium", "large"];
    const node = fc.record({ cpuCores: fc.integer({ min: 2, max: 64 }), memoryGiB: fc.integer({ min: 4, max: 256 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), node, (nodes, nodeSize) => {
        const [before, after] = [kasmSizing(nodes, nodeSize), kasmSizing(nodes + 1, nodeSize)];
        expect(order.indexOf(after.deploymentSize)).to.be.at.least(order.indexOf(before.deploymentSize));
        expect(after.replicas).to.be.at.least(before.replicas);
      }),
    );
  });
});
