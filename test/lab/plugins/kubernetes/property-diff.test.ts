import { expect } from "chai";
import fc from "fast-check";

import { covers, differences, formatPath, parsePath } from "../../../../lab/plugins/kubernetes/property-diff.ts";
import { prune } from "../../../../lab/plugins/kubernetes/prune.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";
import { Unknown } from "../../../../lab/plugins/rpc/property.ts";

const told = (live: PropertyMap, inputs: PropertyMap) =>
  differences(live, inputs).map(({ path, kind }) => `${kind} ${formatPath(path)}`);

describe("the differences between an object and its inputs", () => {
  const cases: [string, PropertyMap, PropertyMap, string[]][] = [
    ["names the one value that changed", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, ["update a.c"]],
    ["adds a new map as a whole", { a: 1 }, { a: 1, b: { c: { d: 1 } } }, ["add b"]],
    ["deletes what the inputs left out", { a: 1, b: 2 }, { a: 1 }, ["delete b"]],
    ["compares lists by place", { a: [1, 2, 3] }, { a: [1, 9] }, ["update a[1]", "delete a[2]"]],
    ["adds to the end of a list", { a: [{ n: 1 }] }, { a: [{ n: 1 }, { n: 2 }] }, ["add a[1]"]],
    ["says update when the type changes", { a: "1" }, { a: { b: 1 } }, ["update a"]],
    ["takes a null input as absent", { a: 1 }, { a: null, b: null }, ["delete a"]],
    ["shows an unknown as a change", { a: 1 }, { a: new Unknown(), b: new Unknown() }, ["update a", "add b"]],
    ["quotes keys with dots", { data: {} }, { data: { "x.y": "1" } }, ['add data["x.y"]']],
  ];
  for (const [title, live, inputs, expected] of cases) {
    it(title, () => expect(told(live, inputs)).to.deep.equal(expected));
  }

  const object = fc.object({
    values: [fc.string(), fc.integer(), fc.boolean()],
    maxDepth: 4,
  }) as fc.Arbitrary<PropertyMap>;

  it("are none for the object that the inputs made, whatever the server added", () => {
    fc.assert(
      fc.property(object, object, (inputs, added) => {
        expect(differences(prune({ ...added, ...inputs }, inputs), inputs)).to.deep.equal([]);
      }),
    );
  });

  it("have paths that can be read back", () => {
    const step = fc.oneof(
      fc.nat(9),
      fc.stringMatching(/^[a-z./"-]{1,8}$/).filter((key) => key !== "*"),
    );
    fc.assert(
      fc.property(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.array(step, { maxLength: 4 })), ([first, rest]) => {
        expect(parsePath(formatPath([first, ...rest]))).to.deep.equal([first, ...rest]);
      }),
    );
  });
});

describe("ignoreChanges", () => {
  const cases: [string, string, boolean][] = [
    ["spec.replicas", "spec.replicas", true],
    ["spec", "spec.replicas", true],
    ["spec.replicas", "spec", false],
    ["spec.containers[*].image", "spec.containers[2].image", true],
    ['metadata.annotations["a.b/c"]', 'metadata.annotations["a.b/c"]', true],
    ["spec.replica", "spec.replicas", false],
  ];
  for (const [ignored, path, expected] of cases) {
    it(`${ignored} ${expected ? "covers" : "does not cover"} ${path}`, () =>
      expect(covers(parsePath(ignored), parsePath(path))).to.equal(expected));
  }
});

describe("the live object in the shape of the inputs", () => {
  it("loses what the server added, at every depth", () => {
    const live = {
      kind: "Pod",
      status: {},
      spec: { nodeName: "n", containers: [{ name: "c", image: "i", tty: false }] },
    };
    const shape = { kind: "Pod", spec: { containers: [{ name: "x", image: "old" }] } };
    expect(prune(live, shape)).to.deep.equal({ kind: "Pod", spec: { containers: [{ name: "c", image: "i" }] } });
  });

  it("keeps a value whole where its type is not that of the input", () => {
    expect(prune({ a: { b: 1 } }, { a: "text" })).to.deep.equal({ a: { b: 1 } });
  });

  it("ends lists where the inputs end", () => {
    expect(prune({ a: [1, 2, 3] }, { a: [7, 8] })).to.deep.equal({ a: [1, 2] });
  });
});
