import { expect } from "chai";
import type { ManagedFields } from "../../kube/client.ts";
import { earlierManagers } from "../../recover/earlier-managers.ts";

const own = "pulumi-kubernetes-0000ffff";
const data = { "f:data": { ".": {}, "f:a": {}, "f:b": {} } };
const applied = (manager: string, fieldsV1: Record<string, unknown>): ManagedFields => ({
  ...{ manager, fieldsV1, operation: "Apply" },
});
const managed = (...managedFields: ManagedFields[]) => ({ metadata: { name: "it", managedFields } });

describe("earlier managers of an object", () => {
  it("are other runs of the plugin that manage nothing but what the present one manages", () => {
    const earlier = applied("pulumi-kubernetes-1a2b3c4d", { "f:data": { "f:a": {} } });
    expect(earlierManagers(managed(earlier, applied(own, data)), own)).to.deep.equal(["pulumi-kubernetes-1a2b3c4d"]);
  });

  for (const [title, other] of [
    [
      "manages a field that the present run does not: it would be lost",
      applied("pulumi-kubernetes-1a2b3c4d", { "f:data": { "f:c": {} } }),
    ],
    ["is somebody else", applied("kubectl", data)],
    ["has not applied", { ...applied("pulumi-kubernetes-1a2b3c4d", data), operation: "Update" as const }],
  ] as const)
    it(`are none when the other one ${title}`, () => {
      expect(earlierManagers(managed(other, applied(own, data)), own)).to.deep.equal([]);
    });

  it("are none when the present run has not applied the object: nobody would be left to manage it", () => {
    expect(earlierManagers(managed(applied("pulumi-kubernetes-1a2b3c4d", data)), own)).to.deep.equal([]);
    expect(earlierManagers({ metadata: { name: "it" } }, own)).to.deep.equal([]);
  });
});
