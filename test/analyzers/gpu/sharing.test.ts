import { expect } from "chai";
import fc from "fast-check";
import { sharingFault } from "../../../analyzers/gpu/sharing.ts";
import { deviceConfigs } from "../../../components/gpu-operator/values.ts";

const shared = (resources: string, more = "") => `sharing: { timeSlicing: { ${more}resources: [${resources}] } }`;

describe("a config of the device plugin", () => {
  it("is right when the program wrote it, whatever the factor", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (replicasPerGpu) => {
        const pool = { name: "gpu", count: 1, gpusPerNode: 1, replicasPerGpu, labels: {} };
        const [text = ""] = Object.values(deviceConfigs([pool]).data);
        expect(sharingFault(text, replicasPerGpu)).to.equal(undefined);
      }),
    );
  });

  const wrong: [string, string, RegExp][] = [
    ["text that is no YAML", "sharing: [", /^is not readable as a config, so that the device plugin crashes$/],
    ["YAML of another shape", "sharing: eight", /^is not readable/],
    ["nothing at all", "", /^is not readable/],
    ["an unknown version", "version: v2", /^has version v2, .* it knows v1$/],
    ["no sharing", "version: v1", /^shares nothing$/],
    ["one replica", shared("{ name: nvidia.com/gpu, replicas: 1 }"), /^has replicas: 1, .* crashes for less than 2$/],
    ["replicas as text", shared('{ name: nvidia.com/gpu, replicas: "8" }'), /^has replicas: "8", .* crashes/],
    ["another factor", shared("{ name: nvidia.com/gpu, replicas: 4 }"), /^has replicas: 4 instead of 8$/],
    ["another resource", shared("{ name: nvidia.com/mig-1g.5gb, replicas: 8 }"), /^shares no nvidia\.com\/gpu$/],
    ["no resource", "sharing: { timeSlicing: {} }", /^shares no nvidia\.com\/gpu$/],
    [
      "renamed slices",
      shared("{ name: nvidia.com/gpu, replicas: 8 }", "renameByDefault: true, "),
      /^renames the slices to nvidia\.com\/gpu\.shared/,
    ],
    ["MPS", "sharing: { mps: { resources: [{ name: nvidia.com/gpu, replicas: 8 }] } }", /^shares by MPS/],
    [
      "MPS beside time-slicing, over which it wins",
      `${shared("{ name: nvidia.com/gpu, replicas: 8 }").slice(0, -2)}, mps: { resources: [] } }`,
      /^shares by MPS/,
    ],
  ];
  for (const [what, text, fault] of wrong)
    it(`is told to be wrong for ${what}`, () => expect(sharingFault(text, 8)).to.match(fault));

  it("may name the resource without its vendor, as the plugin allows", () => {
    expect(sharingFault(shared("{ name: gpu, replicas: 8 }"), 8)).to.equal(undefined);
  });
});
