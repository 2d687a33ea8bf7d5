import { expect } from "chai";
import fc from "fast-check";
import { stringify } from "yaml";
import { readDeviceConfig } from "../../../../lab/simulators/gpu/device-config.ts";

function timeSlicing(resources: unknown, more: object = {}): string {
  return stringify({ version: "v1", sharing: { timeSlicing: { ...more, resources } } });
}

const gpu = (replicas: unknown) => [{ name: "nvidia.com/gpu", replicas }];

describe("device plugin config file (facts gpu 2.2)", () => {
  const accepted: [string, string, object][] = [
    ["an empty file shares nothing", "", { strategy: "none", replicas: 1, isRenamed: false }],
    ["no version is v1", "sharing: {}", { strategy: "none", replicas: 1, isRenamed: false }],
    ["replicas 8", timeSlicing(gpu(8)), { strategy: "time-slicing", replicas: 8, isRenamed: false }],
    ["no upper bound", timeSlicing(gpu(16384)), { strategy: "time-slicing", replicas: 16384, isRenamed: false }],
    [
      "nvidia.com/ is put before a name without it",
      timeSlicing([{ name: "gpu", replicas: 3 }]),
      { strategy: "time-slicing", replicas: 3, isRenamed: false },
    ],
    [
      "renameByDefault renames",
      timeSlicing(gpu(4), { renameByDefault: true }),
      { strategy: "time-slicing", replicas: 4, isRenamed: true },
    ],
    [
      "renameByDefault under flags is dropped silently",
      stringify({ flags: { renameByDefault: true }, sharing: { timeSlicing: { resources: gpu(4) } } }),
      { strategy: "time-slicing", replicas: 4, isRenamed: false },
    ],
    [
      "a resource that no device has is skipped silently",
      timeSlicing([{ name: "nvidia.com/mig-1g.5gb", replicas: 4 }]),
      { strategy: "time-slicing", replicas: 1, isRenamed: false },
    ],
    [
      "rename of one resource is ignored",
      timeSlicing([{ name: "nvidia.com/gpu", replicas: 2, rename: "nvidia.com/desk" }]),
      { strategy: "time-slicing", replicas: 2, isRenamed: false },
    ],
    [
      "mps wins over timeSlicing",
      stringify({ sharing: { timeSlicing: { resources: gpu(8) }, mps: { resources: gpu(2) } } }),
      { strategy: "mps", replicas: 2, isRenamed: false },
    ],
    [
      "devices are parsed and ignored",
      timeSlicing([{ name: "nvidia.com/gpu", replicas: 2, devices: [0, "1", "0:1"] }]),
      { strategy: "time-slicing", replicas: 2, isRenamed: false },
    ],
  ];
  for (const [title, text, config] of accepted)
    it(`accepts: ${title}`, () => expect(readDeviceConfig(text)).to.deep.equal(config));

  const refused: [string, string, RegExp][] = [
    ["text that is not YAML", "sharing: [", /unable to parse/],
    ["a list", "- a", /not an object/],
    ["another version", "version: v2", /unknown version: v2/],
    ["replicas 1", timeSlicing(gpu(1)), /must be >= 2/],
    ["replicas 0", timeSlicing(gpu(0)), /must be >= 2/],
    ["replicas as text", timeSlicing(gpu("8")), /not an integer/],
    ["half a replica", timeSlicing(gpu(2.5)), /not an integer/],
    ["no replicas", timeSlicing([{ name: "nvidia.com/gpu" }]), /no replicas specified/],
    ["no name", timeSlicing([{ replicas: 8 }]), /no resource name specified/],
    ["no resources", "sharing: { timeSlicing: {} }", /no resources specified/],
    ["an empty list of resources", timeSlicing([]), /no resources specified/],
    ["timeSlicing without content", "sharing:\n  timeSlicing:\n", /no resources specified/],
    ["a name of more than 63 characters", timeSlicing([{ name: "g".repeat(60), replicas: 8 }]), /63 characters/],
    ["a name that is no DNS name", timeSlicing([{ name: "nvidia.com/GPU_1", replicas: 8 }]), /incorrect format/],
    ["devices: some", timeSlicing([{ name: "gpu", replicas: 8, devices: "some" }]), /devices/],
    ["devices: 0", timeSlicing([{ name: "gpu", replicas: 8, devices: 0 }]), /devices/],
  ];
  for (const [title, text, failure] of refused)
    it(`makes the plugin exit: ${title}`, () =>
      expect(readDeviceConfig(text)).to.have.property("failure").that.matches(failure));

  it("never throws, whatever the file holds", () => {
    fc.assert(fc.property(fc.string(), (text) => typeof readDeviceConfig(text) === "object"));
    fc.assert(fc.property(fc.json(), (text) => typeof readDeviceConfig(text) === "object"));
  });

  it("takes every integer from 2 up as the number of replicas", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), (replicas) => {
        expect(readDeviceConfig(timeSlicing(gpu(replicas)))).to.include({ replicas });
      }),
    );
  });
});
