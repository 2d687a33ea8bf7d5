import { expect } from "chai";
import fc from "fast-check";
import { demandOf } from "../../../components/capacity/demand.ts";
import { kasmDemand } from "../../../components/kasm-workspaces/demand.ts";
import { kasmSizing, sizeFits } from "../../../components/kasm-workspaces/sizing.ts";
import type { DeploymentSize } from "../../../components/kasm-workspaces/sizing.ts";

const small = { cpuCores: 4, memoryGiB: 8 };
const large = { cpuCores: 16, memoryGiB: 64 };

const desktop = demandOf("2", "4Gi");
const sized = (nodes: number, nodeSize: typeof small) => kasmSizing(nodes, nodeSize, desktop);

describe("Kasm's size", () => {
  const preset = (deploymentSize: DeploymentSize, replicas = 1) =>
    kasmDemand({ deploymentSize, replicas, isCompact: false });

  it("counts what the chart's presets request", () => {
    expect(preset("small")).to.deep.equal({ cpuMillis: 5750, memoryMiB: 4352 });
    expect(preset("medium")).to.deep.equal({ cpuMillis: 13_000, memoryMiB: 9600 });
    expect(preset("large")).to.deep.equal({ cpuMillis: 27_500, memoryMiB: 24_576 });
  });

  it("counts the copies that nodes beyond the first bring", () => {
    expect(preset("small", 2)).to.deep.equal({ cpuMillis: 7250, memoryMiB: 5888 });
    expect(preset("large", 2)).to.deep.equal(preset("large"));
  });

  // Rendered from the real chart: api and manager 500m each, proxy and gateways 200m each, database 250m.
  it("counts init containers, which no value of the chart lowers", () => {
    const compact = kasmDemand({ deploymentSize: "small", replicas: 1, isCompact: true });
    expect(compact).to.deep.equal({ cpuMillis: 2050, memoryMiB: 2304 });
  });

  it("is compact on two nodes that the preset fits, but not with two copies", () => {
    expect(sized(2, small)).to.deep.equal({ deploymentSize: "small", replicas: 2, isCompact: true });
  });

  it("is compact where the small preset leaves no room for a desktop", () => {
    expect(sized(1, small)).to.deep.equal({ deploymentSize: "small", replicas: 1, isCompact: true });
    const eightCores = { cpuCores: 8, memoryGiB: 16 };
    expect(sized(1, eightCores)).to.deep.equal({ deploymentSize: "small", replicas: 1, isCompact: true });
    expect(sized(1, { cpuCores: 9, memoryGiB: 16 })).to.include({ isCompact: false });
  });

  it("is small with two copies from two nodes on", () => {
    expect(sized(4, small)).to.deep.equal({ deploymentSize: "small", replicas: 2, isCompact: false });
  });

  it("grows with the cluster, and leaves half of it to desktops", () => {
    expect(sized(3, large)).to.include({ deploymentSize: "medium", replicas: 2 });
    expect(sized(6, large)).to.include({ deploymentSize: "large", replicas: 3 });
    expect(sized(200, small)).to.include({ deploymentSize: "medium" });
  });

  it("has no more copies than nodes, whatever the preset says", () => {
    expect(kasmSizing(1, large, desktop, "medium")).to.include({ deploymentSize: "medium", replicas: 1 });
    expect(kasmSizing(2, large, desktop, "large")).to.include({ deploymentSize: "large", replicas: 2 });
  });

  it("is what was asked for", () => {
    expect(kasmSizing(6, large, desktop, "small")).to.deep.equal({
      deploymentSize: "small",
      replicas: 2,
      isCompact: false,
    });
  });

  it("fits for every cluster, unless it is compact", () => {
    const node = fc.record({ cpuCores: fc.integer({ min: 1, max: 64 }), memoryGiB: fc.integer({ min: 1, max: 512 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), node, (nodes, nodeSize) => {
        const sizing = sized(nodes, nodeSize);
        expect(sizing.isCompact || sizeFits(sizing, nodes, nodeSize, desktop)).to.equal(true);
      }),
    );
  });

  it("never shrinks when a node is added", () => {
    const order = ["small", "medium", "large"];
    const node = fc.record({ cpuCores: fc.integer({ min: 2, max: 64 }), memoryGiB: fc.integer({ min: 4, max: 256 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), node, (nodes, nodeSize) => {
        const [before, after] = [sized(nodes, nodeSize), sized(nodes + 1, nodeSize)];
        expect(order.indexOf(after.deploymentSize)).to.be.at.least(order.indexOf(before.deploymentSize));
        expect(after.replicas).to.be.at.least(before.replicas);
      }),
    );
  });
});
