import { expect } from "chai";
import fc from "fast-check";
import { gpuCount, gpuSlices, nodeCount } from "../../components/capacity/node-pool.ts";
import { ConfigError, loadConfig } from "../../stacks/config.ts";
import { plannedOutputs } from "../../stacks/outputs.ts";

const counts = fc.record({ nodeCount: fc.integer({ min: 1, max: 200 }), gpuCount: fc.integer({ min: 0, max: 500 }) });

const pools = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    count: fc.integer({ min: 1, max: 20 }),
    gpusPerNode: fc.integer({ min: 0, max: 8 }),
    replicasPerGpu: fc.integer({ min: 1, max: 16 }),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
);

const withSums = (nodePools: { count: number; gpusPerNode: number; replicasPerGpu: number }[]) => ({
  domain: "a.example.com",
  nodeCount: nodePools.reduce((sum, pool) => sum + pool.count, 0),
  gpuCount: nodePools.reduce((sum, pool) => sum + pool.count * pool.gpusPerNode, 0),
  nodePools,
});

describe("for every valid config", () => {
  it("the pools that follow from two numbers add up to them", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const config = loadConfig({ domain: "a.example.com", ...given });
        expect(nodeCount(config.pools)).to.equal(given.nodeCount);
        expect(gpuCount(config.pools)).to.equal(given.gpuCount);
      }),
    );
  });

  it("the pools that follow from two numbers differ by one GPU at most, and have names of their own", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const config = loadConfig({ domain: "a.example.com", ...given });
        const perNode = config.pools.map((pool) => pool.gpusPerNode);
        expect(Math.max(...perNode) - Math.min(...perNode)).to.be.at.most(1);
        expect(new Set(config.pools.map(({ name }) => name)).size).to.equal(config.pools.length);
      }),
    );
  });

  it("slices are GPUs times desktops per GPU, and there are no more sessions than slices where there are GPUs", () => {
    fc.assert(
      fc.property(pools, (nodePools) => {
        const config = loadConfig(withSums(nodePools));
        const slices = nodePools.reduce((sum, pool) => sum + pool.count * pool.gpusPerNode * pool.replicasPerGpu, 0);
        expect(gpuSlices(config.pools)).to.equal(slices);
        const { capacity } = plannedOutputs(config);
        expect(capacity.slices).to.equal(slices);
        if (slices > 0) expect(capacity.sessions).to.be.within(0, slices);
      }),
    );
  });

  it("stored as text gives the same as written in YAML", () => {
    fc.assert(
      fc.property(pools, (nodePools) => {
        const written = withSums(nodePools);
        const stored = Object.fromEntries(
          Object.entries(written).map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
          ]),
        );
        expect(loadConfig(stored)).to.deep.equal(loadConfig(written));
      }),
    );
  });

  it("the order of its keys is no matter", () => {
    fc.assert(
      fc.property(pools, (nodePools) => {
        const entries = Object.entries(withSums(nodePools));
        expect(loadConfig(Object.fromEntries(entries.toReversed()))).to.deep.equal(
          loadConfig(Object.fromEntries(entries)),
        );
      }),
    );
  });
});

describe("for whatever is given", () => {
  it("there is a config or a ConfigError, and never another error", () => {
    const keys = fc.constantFrom("domain", "nodeCount", "gpuCount", "nodePools", "gpu", "kasm", "certificate", "x");
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (source) => {
        try {
          loadConfig(source);
        } catch (error) {
          expect(error).to.be.instanceOf(ConfigError);
        }
      }),
    );
  });

  it("a key that does not exist is named in the error", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,10}X$/), (key) => {
        const source = { domain: "a.example.com", nodeCount: 1, gpuCount: 0, [key]: 1 };
        expect(() => loadConfig(source)).to.throw(ConfigError, `kasm-vdi:${key}  unknown key`);
      }),
    );
  });
});
